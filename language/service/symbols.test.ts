import assert from 'node:assert/strict';
import { CATALOG, CATALOG_URI, cursorIn, inSteps, POLICY, POLICY_URI } from './fixtures.test.js';
import { type OutlineItem, outlineOf } from './symbols.js';

describe('outline', () => {
  const drawn = (items: readonly OutlineItem[], indent = ''): string[] =>
    items.flatMap((item) => [`${indent}${item.kind} ${item.name}`, ...drawn(item.children, `${indent}  `)]);

  const contained = (items: readonly OutlineItem[]): void => {
    for (const item of items) {
      assert.ok(item.range.start <= item.selection.start && item.selection.end <= item.range.end, item.name);
      for (const child of item.children) {
        assert.ok(item.range.start <= child.range.start && child.range.end <= item.range.end, child.name);
      }
      contained(item.children);
    }
  };

  it('shows steps with their branches', () => {
    const { source } = inSteps(`  - id: route
    switch: alert.severity_id
    cases:
      1:
        - id: close
          stop: { outcome: completed }
    default:
      - id: check
        if: "true"
        then:
          - id: hand_over
            manual: { task: Look, role: analyst }
        else:
          - id: end
            stop: { outcome: stopped }
|`);
    const outline = outlineOf(source);
    assert.deepEqual(drawn(outline), [
      'switch route',
      '  branch 1',
      '    stop close',
      '  branch default',
      '    if check',
      '      branch then',
      '        manual hand_over',
      '      branch else',
      '        stop end',
    ]);
    contained(outline);
  });

  it('shows the tools of a catalog and the roles of a policy', () => {
    const tools = outlineOf(cursorIn(`|${CATALOG}`, CATALOG_URI).source);
    assert.deepEqual(drawn(tools), ['tool intel.domain_reputation', 'tool identity.suspend', 'tool identity.restore']);
    contained(tools);
    const policy = outlineOf(cursorIn(`|${POLICY}`, POLICY_URI).source);
    assert.ok(drawn(policy).includes('  role analyst'));
    contained(policy);
  });
});
