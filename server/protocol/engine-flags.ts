/**
 * What V8 is told where a client starts the server's process. A server that answers in milliseconds has few young objects at a
 * time. And the heap it starts with has room for a playbook of 10,000 lines: without that, opening one has the old objects, nearly all
 * of which live, gone through twice.
 */
export const SERVER_ENGINE_FLAGS: readonly string[] = ['--max-semi-space-size=4', '--initial-heap-size=64'];
