/**
 * The names of MITRE ATT&CK v19 (Enterprise, Mobile and ICS) and the tactics its techniques serve. Names only; no description
 * is here.
 *
 * (c) 2026 The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation.
 * ATT&CK is a registered trademark of The MITRE Corporation: https://attack.mitre.org/resources/legal-and-branding/terms-of-use/
 */

/** A technique, sub-technique or tactic. */
export interface AttackEntry {
  readonly id: string;
  /** Of a sub-technique with its technique's before it: `Phishing: Spearphishing Link`. */
  readonly name: string;
  /** Names of the tactics a technique serves; none of a tactic. */
  readonly tactics: readonly string[];
}

/** `0001 Initial Access`: TA0001. */
const TACTICS = `
0001 Initial Access; 0002 Execution; 0003 Persistence; 0004 Privilege Escalation; 0005 Stealth
0006 Credential Access; 0007 Discovery; 0008 Lateral Movement; 0009 Collection; 0010 Exfiltration
0011 Command and Control; 0027 Initial Access; 0028 Persistence; 0029 Privilege Escalation; 0030 Defense Evasion
0031 Credential Access; 0032 Discovery; 0033 Lateral Movement; 0034 Impact; 0035 Collection; 0036 Exfiltration
0037 Command and Control; 0040 Impact; 0041 Execution; 0042 Resource Development; 0043 Reconnaissance
0100 Collection; 0101 Command and Control; 0102 Discovery; 0103 Evasion; 0104 Execution; 0105 Impact
0106 Impair Process Control; 0107 Inhibit Response Function; 0108 Initial Access; 0109 Lateral Movement
0110 Persistence; 0111 Privilege Escalation; 0112 Defense Impairment
`;

/** `1566/0001 Phishing`: T1566, which serves TA0001. `.001 Spearphishing Attachment`: T1566.001, which serves the same. */
const TECHNIQUES = `
0800/0107 Activate Firmware Update Mode; 0801/0100 Monitor Process State; 0802/0100 Automated Collection
0806/0106 Brute Force I/O; 0807/0104 Command-Line Interface; 0809/0107 Data Destruction
0811/0100 Data from Information Repositories; 0813/0105 Denial of Control; 0814/0107 Denial of Service
0815/0105 Denial of View; 0816/0107 Device Restart/Shutdown; 0817/0108 Drive-by Compromise
0819/0108 Exploit Public-Facing Application; 0820/0103 Exploitation for Evasion; 0821/0104 Modify Controller Tasking
0822/0108 External Remote Services; 0823/0104 Graphical User Interface; 0826/0105 Loss of Availability
0827/0105 Loss of Control; 0828/0105 Loss of Productivity and Revenue; 0829/0105 Loss of View
0830/0100 Adversary-in-the-Middle; 0831/0105 Manipulation of Control; 0832/0105 Manipulation of View
0834/0104 Native API; 0835/0107 Manipulate I/O Image; 0836/0106 Modify Parameter; 0837/0105 Loss of Protection
0838/0107 Modify Alarm Settings; 0840/0102 Network Connection Enumeration; 0842/0102 Network Sniffing
0843/0109 Program Download; .001 Download All; .002 Online Edit; .003 Program Append; 0845/0100 Program Upload
0846/0102 Remote System Discovery; .001 Port Scan; .002 Broadcast Discovery; .003 Multicast Discovery
0847/0108 Replication Through Removable Media; 0848/0108 Rogue Master; 0849/0103 Masquerading; 0851/0103,0107 Rootkit
0852/0100 Screen Capture; 0853/0104 Scripting; 0858/0103,0104 Change Operating Mode; 0859/0109,0110 Valid Accounts
0860/0108 Wireless Compromise; 0861/0100 Point & Tag Identification; 0862/0108 Supply Chain Compromise
0863/0104 User Execution; 0864/0108 Transient Cyber Asset; 0865/0108 Spearphishing Attachment
0866/0108,0109 Exploitation of Remote Services; 0867/0109 Lateral Tool Transfer; 0868/0100 Detect Operating Mode
0869/0101 Standard Application Layer Protocol; 0871/0104 Execution through API; 0872/0103 Indicator Removal on Host
0873/0110 Project File Infection; .001 Siemens Project File Format; 0874/0104,0111 Hooking; 0877/0100 I/O Image
0878/0107 Alarm Suppression; 0879/0105 Damage to Property; 0880/0105 Loss of Safety; 0881/0107 Service Stop
0882/0105 Theft of Operational Information; 0883/0108 Internet Accessible Device; 0884/0101 Connection Proxy
0885/0101 Commonly Used Port; 0886/0108,0109 Remote Services; 0887/0100,0102 Wireless Sniffing
0888/0102 Remote System Information Discovery; 0889/0110 Modify Program
0890/0111 Exploitation for Privilege Escalation; 0892/0107 Change Credential; 0893/0100 Data from Local System
0894/0103 System Binary Proxy Execution; 0895/0104 Autorun Image; 1001/0011 Data Obfuscation; .001 Junk Data
.002 Steganography; .003 Protocol or Service Impersonation; 1003/0006 OS Credential Dumping; .001 LSASS Memory
.002 Security Account Manager; .003 NTDS; .004 LSA Secrets; .005 Cached Domain Credentials; .006 DCSync
.007 Proc Filesystem; .008 /etc/passwd and /etc/shadow; 1005/0009 Data from Local System
1006/0005 Direct Volume Access; 1007/0007 System Service Discovery; 1008/0011 Fallback Channels
1010/0007 Application Window Discovery; 1011/0010 Exfiltration Over Other Network Medium
.001 Exfiltration Over Bluetooth; 1012/0007 Query Registry; 1014/0005 Rootkit
1016/0007 System Network Configuration Discovery; .001 Internet Connection Discovery; .002 Wi-Fi Discovery
1018/0007 Remote System Discovery; 1020/0010 Automated Exfiltration; .001 Traffic Duplication
1021/0008 Remote Services; .001 Remote Desktop Protocol; .002 SMB/Windows Admin Shares
.003 Distributed Component Object Model; .004 SSH; .005 VNC; .006 Windows Remote Management; .007 Cloud Services
.008 Direct Cloud VM Connections; 1025/0009 Data from Removable Media; 1027/0005 Obfuscated Files or Information
.001 Binary Padding; .002 Software Packing; .003 Steganography; .004 Compile After Delivery
.005 Indicator Removal from Tools; .006 HTML Smuggling; .007 Dynamic API Resolution; .008 Stripped Payloads
.009 Embedded Payloads; .010 Command Obfuscation; .011 Fileless Storage; .012 LNK Icon Smuggling
.013 Encrypted/Encoded File; .014 Polymorphic Code; .015 Compression; .016 Junk Code Insertion; .017 SVG Smuggling
.018 Invisible Unicode; 1029/0010 Scheduled Transfer; 1030/0010 Data Transfer Size Limits
1033/0007 System Owner/User Discovery; 1036/0005 Masquerading; .001 Invalid Code Signature
.002 Right-to-Left Override; .003 Rename Legitimate Utilities; .004 Masquerade Task or Service
.005 Match Legitimate Resource Name or Location; .006 Space after Filename; .007 Double File Extension
.008 Masquerade File Type; .009 Break Process Trees; .010 Masquerade Account Name; .011 Overwrite Process Arguments
.012 Browser Fingerprint; 1037/0003,0004 Boot or Logon Initialization Scripts; .001 Logon Script (Windows)
.002 Login Hook; .003 Network Logon Script; .004 RC Scripts; .005 Startup Items
1039/0009 Data from Network Shared Drive; 1040/0006,0007 Network Sniffing; 1041/0010 Exfiltration Over C2 Channel
1046/0007 Network Service Discovery; 1047/0002 Windows Management Instrumentation
1048/0010 Exfiltration Over Alternative Protocol; .001 Exfiltration Over Symmetric Encrypted Non-C2 Protocol
.002 Exfiltration Over Asymmetric Encrypted Non-C2 Protocol; .003 Exfiltration Over Unencrypted Non-C2 Protocol
1049/0007 System Network Connections Discovery; 1052/0010 Exfiltration Over Physical Medium
.001 Exfiltration over USB; 1053/0002,0003,0004 Scheduled Task/Job; .002 At; .003 Cron; .005 Scheduled Task
.006 Systemd Timers; .007 Container Orchestration Job; 1055/0004,0005 Process Injection
.001 Dynamic-link Library Injection; .002 Portable Executable Injection; .003 Thread Execution Hijacking
.004 Asynchronous Procedure Call; .005 Thread Local Storage; .008 Ptrace System Calls; .009 Proc Memory
.011 Extra Window Memory Injection; .012 Process Hollowing; .013 Process Doppelgänging; .014 VDSO Hijacking
.015 ListPlanting; 1056/0006,0009 Input Capture; .001 Keylogging; .002 GUI Input Capture; .003 Web Portal Capture
.004 Credential API Hooking; 1057/0007 Process Discovery; 1059/0002 Command and Scripting Interpreter
.001 PowerShell; .002 AppleScript; .003 Windows Command Shell; .004 Unix Shell; .005 Visual Basic; .006 Python
.007 JavaScript; .008 Network Device CLI; .009 Cloud API; .010 AutoHotKey & AutoIT; .011 Lua; .012 Hypervisor CLI
.013 Container CLI/API; 1068/0004 Exploitation for Privilege Escalation; 1069/0007 Permission Groups Discovery
.001 Local Groups; .002 Domain Groups; .003 Cloud Groups; 1070/0005 Indicator Removal; .003 Clear Command History
.004 File Deletion; .005 Network Share Connection Removal; .006 Timestomp
.007 Clear Network Connection History and Configurations; .008 Clear Mailbox Data; .009 Clear Persistence
.010 Relocate Malware; 1071/0011 Application Layer Protocol; .001 Web Protocols; .002 File Transfer Protocols
.003 Mail Protocols; .004 DNS; .005 Publish/Subscribe Protocols; 1072/0002,0008 Software Deployment Tools
1074/0009 Data Staged; .001 Local Data Staging; .002 Remote Data Staging; 1078/0001,0003,0004,0005 Valid Accounts
.001 Default Accounts; .002 Domain Accounts; .003 Local Accounts; .004 Cloud Accounts; 1080/0008 Taint Shared Content
1082/0007 System Information Discovery; 1083/0007 File and Directory Discovery; 1087/0007 Account Discovery
.001 Local Account; .002 Domain Account; .003 Email Account; .004 Cloud Account; 1090/0011 Proxy; .001 Internal Proxy
.002 External Proxy; .003 Multi-hop Proxy; .004 Domain Fronting; 1091/0001,0008 Replication Through Removable Media
1092/0011 Communication Through Removable Media; 1095/0011 Non-Application Layer Protocol
1098/0003,0004 Account Manipulation; .001 Additional Cloud Credentials; .002 Additional Email Delegate Permissions
.003 Additional Cloud Roles; .004 SSH Authorized Keys; .005 Device Registration
.006 Additional Container Cluster Roles; .007 Additional Local or Domain Groups; 1102/0011 Web Service
.001 Dead Drop Resolver; .002 Bidirectional Communication; .003 One-Way Communication; 1104/0011 Multi-Stage Channels
1105/0011 Ingress Tool Transfer; 1106/0002 Native API; 1110/0006 Brute Force; .001 Password Guessing
.002 Password Cracking; .003 Password Spraying; .004 Credential Stuffing
1111/0006 Multi-Factor Authentication Interception; 1112/0003,0112 Modify Registry; 1113/0009 Screen Capture
1114/0009 Email Collection; .001 Local Email Collection; .002 Remote Email Collection; .003 Email Forwarding Rule
1115/0009 Clipboard Data; 1119/0009 Automated Collection; 1120/0007 Peripheral Device Discovery
1123/0009 Audio Capture; 1124/0007 System Time Discovery; 1125/0009 Video Capture
1127/0002,0005 Trusted Developer Utilities Proxy Execution; .001 MSBuild; .002 ClickOnce; .003 JamPlus
1129/0002 Shared Modules; 1132/0011 Data Encoding; .001 Standard Encoding; .002 Non-Standard Encoding
1133/0001,0003 External Remote Services; 1134/0004,0005 Access Token Manipulation; .001 Token Impersonation/Theft
.002 Create Process with Token; .003 Make and Impersonate Token; .004 Parent PID Spoofing; .005 SID-History Injection
1135/0007 Network Share Discovery; 1136/0003 Create Account; .001 Local Account; .002 Domain Account
.003 Cloud Account; 1137/0003 Office Application Startup; .001 Office Template Macros; .002 Office Test
.003 Outlook Forms; .004 Outlook Home Page; .005 Outlook Rules; .006 Add-ins
1140/0005 Deobfuscate/Decode Files or Information; 1176/0003 Software Extensions; .001 Browser Extensions
.002 IDE Extensions; 1185/0009 Browser Session Hijacking; 1187/0006 Forced Authentication
1189/0001 Drive-by Compromise; 1190/0001 Exploit Public-Facing Application; 1195/0001 Supply Chain Compromise
.001 Compromise Software Dependencies and Development Tools; .002 Compromise Software Supply Chain
.003 Compromise Hardware Supply Chain; 1197/0002,0003,0005 BITS Jobs; 1199/0001 Trusted Relationship
1200/0001 Hardware Additions; 1201/0007 Password Policy Discovery; 1202/0005 Indirect Command Execution
1203/0002 Exploitation for Client Execution; 1204/0002 User Execution; .001 Malicious Link; .002 Malicious File
.003 Malicious Image; .004 Malicious Copy and Paste; .005 Malicious Library; 1205/0003,0005,0011 Traffic Signaling
.001 Port Knocking; .002 Socket Filters; 1207/0112 Rogue Domain Controller; 1210/0008 Exploitation of Remote Services
1211/0005 Exploitation for Stealth; 1212/0006 Exploitation for Credential Access
1213/0009 Data from Information Repositories; .001 Confluence; .002 Sharepoint; .003 Code Repositories
.004 Customer Relationship Management Software; .005 Messaging Applications; .006 Databases
1216/0005 System Script Proxy Execution; .001 PubPrn; .002 SyncAppvPublishingServer
1217/0007 Browser Information Discovery; 1218/0005 System Binary Proxy Execution; .001 Compiled HTML File
.002 Control Panel; .003 CMSTP; .004 InstallUtil; .005 Mshta; .007 Msiexec; .008 Odbcconf; .009 Regsvcs/Regasm
.010 Regsvr32; .011 Rundll32; .012 Verclsid; .013 Mavinject; .014 MMC; .015 Electron Applications
1219/0011 Remote Access Tools; .001 IDE Tunneling; .002 Remote Desktop Software; .003 Remote Access Hardware
1220/0005 XSL Script Processing; 1221/0005 Template Injection; 1222/0112 File and Directory Permissions Modification
.001 Windows Permissions; .002 Linux and Mac Permissions; 1398/0028 Boot or Logon Initialization Scripts
1404/0029 Exploitation for Privilege Escalation; 1406/0030 Obfuscated Files or Information; .001 Steganography
.002 Software Packing; 1407/0030 Download New Code at Runtime; 1409/0035 Stored Application Data
1414/0031,0035 Clipboard Data; 1417/0031,0035 Input Capture; .001 Keylogging; .002 GUI Input Capture
1418/0032 Software Discovery; .001 Security Software Discovery; 1420/0032 File and Directory Discovery
1421/0032 System Network Connections Discovery; 1422/0032 System Network Configuration Discovery
.001 Internet Connection Discovery; .002 Wi-Fi Discovery; 1423/0032 Network Service Scanning
1424/0032 Process Discovery; 1426/0032 System Information Discovery; 1428/0033 Exploitation of Remote Services
1429/0035 Audio Capture; 1430/0032,0035 Location Tracking; .001 Remote Device Management Services
.002 Impersonate SS7 Nodes; 1437/0037 Application Layer Protocol; .001 Web Protocols; 1451/0027 SIM Card Swap
1453/0031,0035 Abuse Accessibility Features; 1456/0027 Drive-By Compromise
1458/0027,0033 Replication Through Removable Media; 1461/0027 Lockscreen Bypass; 1464/0034 Network Denial of Service
1471/0034 Data Encrypted for Impact; 1474/0027 Supply Chain Compromise
.001 Compromise Software Dependencies and Development Tools; .002 Compromise Hardware Supply Chain
.003 Compromise Software Supply Chain; 1480/0005 Execution Guardrails; .001 Environmental Keying
.002 Mutual Exclusion; 1481/0037 Web Service; .001 Dead Drop Resolver; .002 Bidirectional Communication
.003 One-Way Communication; 1482/0007 Domain Trust Discovery; 1484/0004,0112 Domain or Tenant Policy Modification
.001 Group Policy Modification; .002 Trust Modification; 1485/0040 Data Destruction
.001 Lifecycle-Triggered Deletion; 1486/0040 Data Encrypted for Impact; 1489/0040 Service Stop
1490/0040 Inhibit System Recovery; 1491/0040 Defacement; .001 Internal Defacement; .002 External Defacement
1495/0040 Firmware Corruption; 1496/0040 Resource Hijacking; .001 Compute Hijacking; .002 Bandwidth Hijacking
.003 SMS Pumping; .004 Cloud Service Hijacking; 1497/0005,0007 Virtualization/Sandbox Evasion; .001 System Checks
.002 User Activity Based Checks; .003 Time Based Checks; 1498/0040 Network Denial of Service
.001 Direct Network Flood; .002 Reflection Amplification; 1499/0040 Endpoint Denial of Service
.001 OS Exhaustion Flood; .002 Service Exhaustion Flood; .003 Application Exhaustion Flood
.004 Application or System Exploitation; 1505/0003 Server Software Component; .001 SQL Stored Procedures
.002 Transport Agent; .003 Web Shell; .004 IIS Components; .005 Terminal Services DLL
.006 vSphere Installation Bundles; 1509/0037 Non-Standard Port; 1512/0035 Video Capture; 1513/0035 Screen Capture
1516/0030,0034 Input Injection; 1517/0031,0035 Access Notifications; 1518/0007 Software Discovery
.001 Security Software Discovery; .002 Backup Software Discovery; 1521/0037 Encrypted Channel
.001 Symmetric Cryptography; .002 Asymmetric Cryptography; .003 SSL Pinning; 1525/0003 Implant Internal Image
1526/0007 Cloud Service Discovery; 1528/0006 Steal Application Access Token; 1529/0040 System Shutdown/Reboot
1530/0009 Data from Cloud Storage; 1531/0040 Account Access Removal; 1532/0035 Archive Collected Data
1533/0035 Data from Local System; 1534/0008 Internal Spearphishing; 1535/0005 Unused/Unsupported Cloud Regions
1537/0010 Transfer Data to Cloud Account; 1538/0007 Cloud Service Dashboard; 1539/0006 Steal Web Session Cookie
1541/0028,0030 Foreground Persistence; 1542/0003,0005 Pre-OS Boot; .001 System Firmware; .002 Component Firmware
.003 Bootkit; .004 ROMMONkit; .005 TFTP Boot; 1543/0003,0004 Create or Modify System Process; .001 Launch Agent
.002 Systemd Service; .003 Windows Service; .004 Launch Daemon; .005 Container Service
1544/0037 Ingress Tool Transfer; 1546/0003,0004 Event Triggered Execution; .001 Change Default File Association
.002 Screensaver; .003 Windows Management Instrumentation Event Subscription
.004 Unix Shell Configuration Modification; .005 Trap; .006 LC_LOAD_DYLIB Addition; .007 Netsh Helper DLL
.008 Accessibility Features; .009 AppCert DLLs; .010 AppInit DLLs; .011 Application Shimming
.012 Image File Execution Options Injection; .013 PowerShell Profile; .014 Emond
.015 Component Object Model Hijacking; .016 Installer Packages; .017 Udev Rules; .018 Python Startup Hooks
1547/0003,0004 Boot or Logon Autostart Execution; .001 Registry Run Keys / Startup Folder
.002 Authentication Package; .003 Time Providers; .004 Winlogon Helper DLL; .005 Security Support Provider
.006 Kernel Modules and Extensions; .007 Re-opened Applications; .008 LSASS Driver; .009 Shortcut Modification
.010 Port Monitors; .012 Print Processors; .013 XDG Autostart Entries; .014 Active Setup; .015 Login Items
1548/0004 Abuse Elevation Control Mechanism; .001 Setuid and Setgid; .002 Bypass User Account Control
.003 Sudo and Sudo Caching; .004 Elevated Execution with Prompt; .005 Temporary Elevated Cloud Access
.006 TCC Manipulation; 1550/0008 Use Alternate Authentication Material; .001 Application Access Token
.002 Pass the Hash; .003 Pass the Ticket; .004 Web Session Cookie; 1552/0006 Unsecured Credentials
.001 Credentials In Files; .002 Credentials in Registry; .003 Shell History; .004 Private Keys
.005 Cloud Instance Metadata API; .006 Group Policy Preferences; .007 Container API; .008 Chat Messages
1553/0112 Subvert Trust Controls; .001 Gatekeeper Bypass; .002 Code Signing; .003 SIP and Trust Provider Hijacking
.004 Install Root Certificate; .005 Mark-of-the-Web Bypass; .006 Code Signing Policy Modification
1554/0003 Compromise Host Software Binary; 1555/0006 Credentials from Password Stores; .001 Keychain
.002 Securityd Memory; .003 Credentials from Web Browsers; .004 Windows Credential Manager; .005 Password Managers
.006 Cloud Secrets Management Stores; 1556/0003,0006,0112 Modify Authentication Process
.001 Domain Controller Authentication; .002 Password Filter DLL; .003 Pluggable Authentication Modules
.004 Network Device Authentication; .005 Reversible Encryption; .006 Multi-Factor Authentication
.007 Hybrid Identity; .008 Network Provider DLL; .009 Conditional Access Policies
1557/0006,0009 Adversary-in-the-Middle; .001 Name Resolution Poisoning and SMB Relay; .002 ARP Cache Poisoning
.003 DHCP Spoofing; .004 Evil Twin; 1558/0006 Steal or Forge Kerberos Tickets; .001 Golden Ticket; .002 Silver Ticket
.003 Kerberoasting; .004 AS-REP Roasting; .005 Ccache Files; 1559/0002 Inter-Process Communication
.001 Component Object Model; .002 Dynamic Data Exchange; .003 XPC Services; 1560/0009 Archive Collected Data
.001 Archive via Utility; .002 Archive via Library; .003 Archive via Custom Method; 1561/0040 Disk Wipe
.001 Disk Content Wipe; .002 Disk Structure Wipe; 1563/0008 Remote Service Session Hijacking; .001 SSH Hijacking
.002 RDP Hijacking; 1564/0005 Hide Artifacts; .001 Hidden Files and Directories; .002 Hidden Users
.003 Hidden Window; .004 NTFS File Attributes; .005 Hidden File System; .006 Run Virtual Instance; .007 VBA Stomping
.008 Email Hiding Rules; .009 Resource Forking; .010 Process Argument Spoofing; .011 Ignore Process Interrupts
.012 File/Path Exclusions; .013 Bind Mounts; .014 Extended Attributes; 1565/0040 Data Manipulation
.001 Stored Data Manipulation; .002 Transmitted Data Manipulation; .003 Runtime Data Manipulation; 1566/0001 Phishing
.001 Spearphishing Attachment; .002 Spearphishing Link; .003 Spearphishing via Service; .004 Spearphishing Voice
1567/0010 Exfiltration Over Web Service; .001 Exfiltration to Code Repository; .002 Exfiltration to Cloud Storage
.003 Exfiltration to Text Storage Sites; .004 Exfiltration Over Webhook; 1568/0011 Dynamic Resolution
.001 Fast Flux DNS; .002 Domain Generation Algorithms; .003 DNS Calculation; 1569/0002 System Services
.001 Launchctl; .002 Service Execution; .003 Systemctl; 1570/0008 Lateral Tool Transfer; 1571/0011 Non-Standard Port
1572/0011 Protocol Tunneling; 1573/0011 Encrypted Channel; .001 Symmetric Cryptography; .002 Asymmetric Cryptography
1574/0002,0005 Hijack Execution Flow; .001 DLL; .004 Dylib Hijacking
.005 Executable Installer File Permissions Weakness; .006 Dynamic Linker Hijacking
.007 Path Interception by PATH Environment Variable; .008 Path Interception by Search Order Hijacking
.009 Path Interception by Unquoted Path; .010 Services File Permissions Weakness
.011 Services Registry Permissions Weakness; .012 COR_PROFILER; .013 KernelCallbackTable; .014 AppDomainManager
1575/0030,0041 Native API; 1577/0028 Compromise Application Executable; 1578/0112 Modify Cloud Compute Infrastructure
.001 Create Snapshot; .002 Create Cloud Instance; .003 Delete Cloud Instance; .004 Revert Cloud Instance
.005 Modify Cloud Compute Configurations; 1580/0007 Cloud Infrastructure Discovery; 1582/0034 SMS Control
1583/0042 Acquire Infrastructure; .001 Domains; .002 DNS Server; .003 Virtual Private Server; .004 Server
.005 Botnet; .006 Web Services; .007 Serverless; .008 Malvertising; 1584/0042 Compromise Infrastructure; .001 Domains
.002 DNS Server; .003 Virtual Private Server; .004 Server; .005 Botnet; .006 Web Services; .007 Serverless
.008 Network Devices; 1585/0042 Establish Accounts; .001 Social Media Accounts; .002 Email Accounts
.003 Cloud Accounts; 1586/0042 Compromise Accounts; .001 Social Media Accounts; .002 Email Accounts
.003 Cloud Accounts; 1587/0042 Develop Capabilities; .001 Malware; .002 Code Signing Certificates
.003 Digital Certificates; .004 Exploits; 1588/0042 Obtain Capabilities; .001 Malware; .002 Tool
.003 Code Signing Certificates; .004 Digital Certificates; .005 Exploits; .006 Vulnerabilities
.007 Artificial Intelligence; 1589/0043 Gather Victim Identity Information; .001 Credentials; .002 Email Addresses
.003 Employee Names; 1590/0043 Gather Victim Network Information; .001 Domain Properties; .002 DNS
.003 Network Trust Dependencies; .004 Network Topology; .005 IP Addresses; .006 Network Security Appliances
1591/0043 Gather Victim Org Information; .001 Determine Physical Locations; .002 Business Relationships
.003 Identify Business Tempo; .004 Identify Roles; 1592/0043 Gather Victim Host Information; .001 Hardware
.002 Software; .003 Firmware; .004 Client Configurations; 1593/0043 Search Open Websites/Domains; .001 Social Media
.002 Search Engines; .003 Code Repositories; 1594/0043 Search Victim-Owned Websites; 1595/0043 Active Scanning
.001 Scanning IP Blocks; .002 Vulnerability Scanning; .003 Wordlist Scanning
1596/0043 Search Open Technical Databases; .001 DNS/Passive DNS; .002 WHOIS; .003 Digital Certificates; .004 CDNs
.005 Scan Databases; 1597/0043 Search Closed Sources; .001 Threat Intel Vendors; .002 Purchase Technical Data
1598/0043 Phishing for Information; .001 Spearphishing Service; .002 Spearphishing Attachment
.003 Spearphishing Link; .004 Spearphishing Voice; 1599/0112 Network Boundary Bridging
.001 Network Address Translation Traversal; 1600/0112 Weaken Encryption; .001 Reduce Key Space
.002 Disable Crypto Hardware; 1601/0112 Modify System Image; .001 Patch System Image; .002 Downgrade System Image
1602/0009 Data from Configuration Repository; .001 SNMP (MIB Dump); .002 Network Device Configuration Dump
1603/0028,0041 Scheduled Task/Job; 1604/0030 Proxy Through Victim; 1606/0006 Forge Web Credentials; .001 Web Cookies
.002 SAML Tokens; 1608/0042 Stage Capabilities; .001 Upload Malware; .002 Upload Tool
.003 Install Digital Certificate; .004 Drive-by Target; .005 Link Target; .006 SEO Poisoning
1609/0002 Container Administration Command; 1610/0002 Deploy Container; 1611/0004 Escape to Host
1612/0005 Build Image on Host; 1613/0007 Container and Resource Discovery; 1614/0007 System Location Discovery
.001 System Language Discovery; 1615/0007 Group Policy Discovery; 1616/0034,0035,0037 Call Control; 1617/0030 Hooking
1619/0007 Cloud Storage Object Discovery; 1620/0005 Reflective Code Loading
1621/0006 Multi-Factor Authentication Request Generation; 1622/0005,0007 Debugger Evasion
1623/0041 Command and Scripting Interpreter; .001 Unix Shell; 1624/0028 Event Triggered Execution
.001 Broadcast Receivers; 1625/0028 Hijack Execution Flow; .001 System Runtime API Hijacking
1626/0029 Abuse Elevation Control Mechanism; .001 Device Administrator Permissions; 1627/0030 Execution Guardrails
.001 Geofencing; 1628/0030 Hide Artifacts; .001 Suppress Application Icon; .002 User Evasion
.003 Conceal Multimedia Files; 1629/0030 Impair Defenses; .001 Prevent Application Removal; .002 Device Lockout
.003 Disable or Modify Tools; 1630/0030 Indicator Removal on Host; .001 Uninstall Malicious Application
.002 File Deletion; .003 Disguise Root/Jailbreak Indicators; 1631/0029,0030 Process Injection
.001 Ptrace System Calls; 1632/0030 Subvert Trust Controls; .001 Code Signing Policy Modification
1633/0030 Virtualization/Sandbox Evasion; .001 System Checks; 1634/0031 Credentials from Password Store
.001 Keychain; 1635/0031 Steal Application Access Token; .001 URI Hijacking; 1636/0035 Protected User Data
.001 Calendar Entries; .002 Call Log; .003 Contact List; .004 SMS Messages; .005 Accounts
1637/0037 Dynamic Resolution; .001 Domain Generation Algorithms; 1638/0035 Adversary-in-the-Middle
1639/0036 Exfiltration Over Alternative Protocol; .001 Exfiltration Over Unencrypted Non-C2 Protocol
1640/0034 Account Access Removal; 1641/0034 Data Manipulation; .001 Transmitted Data Manipulation
1642/0034 Endpoint Denial of Service; 1643/0034 Generate Traffic from Victim; 1644/0037 Out of Band Data
1645/0028 Compromise Client Software Binary; 1646/0036 Exfiltration Over C2 Channel
1647/0112 Plist File Modification; 1648/0002 Serverless Execution
1649/0006 Steal or Forge Authentication Certificates; 1650/0042 Acquire Access
1651/0002 Cloud Administration Command; 1652/0007 Device Driver Discovery; 1653/0003 Power Settings
1654/0007 Log Enumeration; 1655/0030 Masquerading; .001 Match Legitimate Name or Location; 1657/0040 Financial Theft
1658/0041 Exploitation for Client Execution; 1659/0001,0011 Content Injection; 1660/0027 Phishing
1661/0027,0030 Application Versioning; 1662/0034 Data Destruction; 1663/0037 Remote Access Software
1664/0027 Exploitation for Initial Access; 1665/0011 Hide Infrastructure; 1666/0112 Modify Cloud Resource Hierarchy
1667/0040 Email Bombing; 1668/0003 Exclusive Control; 1669/0001 Wi-Fi Networks; 1670/0030 Virtualization Solution
1671/0003 Cloud Application Integration; 1673/0007 Virtual Machine Discovery; 1674/0002 Input Injection
1675/0002 ESXi Administration Command; 1676/0028,0035 Linked Devices; 1677/0002 Poisoned Pipeline Execution
1678/0005 Delay Execution; 1679/0005 Selective Exclusion; 1680/0007 Local Storage Discovery
1681/0043 Search Threat Vendor Data; 1682/0043 Query Public AI Services; 1683/0042 Generate Content
.001 Written Content; .002 Audio-Visual Content; 1684/0005 Social Engineering; .001 Impersonation
.002 Email Spoofing; 1685/0112 Disable or Modify Tools; .001 Disable or Modify Windows Event Log
.002 Disable or Modify Cloud Log; .003 Modify or Spoof Tool UI; .004 Disable or Modify Linux Audit System Log
.005 Clear Windows Event Logs; .006 Clear Linux or Mac System Logs; 1686/0112 Disable or Modify System Firewall
.001 Cloud Firewall; .002 Network Device Firewall; .003 Windows Host Firewall
1687/0112 Exploitation for Defense Impairment; 1688/0112 Safe Mode Boot; 1689/0112 Downgrade Attack
1690/0112 Prevent Command History Logging; 1691/0107 Block Operational Technology Message; .001 Command Message
.002 Reporting Message; 1692/0103,0106 Unauthorized Message; .001 Command Message; .002 Reporting Message
1693/0106,0107,0110 Modify Firmware; .001 System Firmware; .002 Module Firmware; 1694/0109,0110 Insecure Credentials
.001 Default Credentials; .002 Hardcoded Credentials; 1695/0107 Block Communications; .001 Serial COM; .002 Ethernet
.003 Wi-Fi
`;

let entries: ReadonlyMap<string, AttackEntry> | undefined;

/** What ATT&CK calls an identifier; `undefined` when it has no such one. */
export function attackEntry(id: string): AttackEntry | undefined {
  entries ??= new Map([...readTactics(), ...readTechniques()].map((entry) => [entry.id, entry]));
  return entries.get(id);
}

/** A matrix of ATT&CK, as its layer files call it. */
export type AttackDomain = 'enterprise-attack' | 'mobile-attack' | 'ics-attack';

let domains: ReadonlyMap<string, AttackDomain> | undefined;

/** The matrix a technique is in; `undefined` for a tactic and for what ATT&CK does not have. */
export function attackDomain(id: string): AttackDomain | undefined {
  domains ??= new Map(
    parts(TECHNIQUES).flatMap((part): [string, AttackDomain][] => {
      const [, number = '', tactic = ''] = /^(\d+)\/(\d+)/.exec(part) ?? [];
      return number === '' ? [] : [[`T${number}`, domainOf(Number(tactic))]];
    }),
  );
  return attackEntry(id) ? domains.get(id.replace(/\..*/, '')) : undefined;
}

/** Tactics are numbered by matrix: ICS from TA0100 to TA0111, Mobile from TA0027 to TA0041 but for TA0040, Enterprise Impact. */
function domainOf(tactic: number): AttackDomain {
  if (tactic >= 100 && tactic <= 111) return 'ics-attack';
  return tactic >= 27 && tactic <= 41 && tactic !== 40 ? 'mobile-attack' : 'enterprise-attack';
}

function readTactics(): AttackEntry[] {
  return parts(TACTICS).map((part) => ({ id: `TA${part.slice(0, 4)}`, name: part.slice(5), tactics: [] }));
}

function readTechniques(): AttackEntry[] {
  const tacticNames = new Map(readTactics().map(({ id, name }) => [id, name]));
  const found: AttackEntry[] = [];
  let parent: AttackEntry = { id: '', name: '', tactics: [] };
  for (const part of parts(TECHNIQUES)) {
    const [, number = '', tactics = '', name = ''] = /^(\.?\d+)(?:\/([\d,]+))? (.+)$/.exec(part) ?? [];
    if (number.startsWith('.')) {
      found.push({ id: parent.id + number, name: `${parent.name}: ${name}`, tactics: parent.tactics });
    } else {
      const served = tactics.split(',').flatMap((tactic) => tacticNames.get(`TA${tactic}`) ?? []);
      parent = { id: `T${number}`, name, tactics: [...new Set(served)] };
      found.push(parent);
    }
  }
  return found;
}

function parts(text: string): string[] {
  return text.trim().split(/; |\n/);
}
