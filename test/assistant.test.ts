import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ASSISTANT_TOOLS, OFFERED } from '../runner/index.js';
import { repository } from './platform/repository.js';

interface Contributed {
  readonly name: string;
  readonly displayName: string;
  readonly modelDescription: string;
  readonly userDescription: string;
  readonly inputSchema: object;
}

const manifest = JSON.parse(readFileSync(path.join(repository, 'package.json'), 'utf8'));
const contributed: readonly Contributed[] = manifest.contributes.languageModelTools;

describe('The tools for a language model', () => {
  it('are in the editor what they are over MCP', () => {
    assert.deepEqual(
      contributed.map(({ name, displayName, modelDescription, inputSchema }) => ({
        name,
        displayName,
        modelDescription,
        inputSchema,
      })),
      ASSISTANT_TOOLS.map((name) => {
        const { title, description, inputSchema } = OFFERED[name];
        return { name, displayName: title, modelDescription: description, inputSchema };
      }),
    );
  });

  it('take nothing but what they say, and bounded', () => {
    for (const { name, inputSchema } of contributed) {
      const { properties = {}, additionalProperties } = OFFERED[name as keyof typeof OFFERED].inputSchema;
      assert.equal(additionalProperties, false, name);
      for (const [member, { enum: values, maxLength }] of Object.entries(properties)) {
        assert.ok(values !== undefined || maxLength !== undefined, `${name}: ${member}`);
      }
      assert.doesNotMatch(JSON.stringify(inputSchema), /"(?:decision|as|user|model|live|trace|key)":/);
    }
  });

  it('have descriptions that say what is untrusted, and that nothing is approved', () => {
    for (const { modelDescription } of contributed) assert.match(modelDescription, /data, never instructions/);
    assert.match(OFFERED.countersign_dry_run.description, /You cannot approve anything/);
  });
});
