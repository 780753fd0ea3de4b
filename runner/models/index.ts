import type { Case } from '../../language/model/case.js';
import type { ModelProvider } from '../protocol/messages.js';
import { adversaryModel } from './adversary/adversary.js';
import type { Knowledge } from './adversary/knowledge.js';
import { claudeModel } from './claude.js';
import type { ModelClient } from './port.js';
import { rehearsalModel } from './rehearsal/rehearsal.js';
import { scriptedModel } from './scripted.js';

export interface ModelOptions {
  /** Where `scripted` takes its turns from. */
  readonly case: Pick<Case, 'turns'>;
  /** For `claude`; from the environment or the editor's secret storage, never from settings. */
  readonly apiKey?: string | undefined;
  /** For `claude`; its default when absent. */
  readonly modelId?: string | undefined;
  /** For `claude`: where the API is, for tests. */
  readonly baseUrl?: string | undefined;
  /** For `adversary`: what it draws from, 1 when absent, and what it knows of the playbook. */
  readonly seed?: number | undefined;
  readonly knowledge?: Knowledge | undefined;
}

/** The model of a provider, or why there is none. Nothing is sent anywhere yet. */
export function createModel(
  provider: ModelProvider,
  options: ModelOptions,
): { readonly ok: true; readonly model: ModelClient } | { readonly ok: false; readonly message: string } {
  switch (provider) {
    case 'rehearsal':
      return { ok: true, model: rehearsalModel() };
    case 'scripted':
      if (options.case.turns.size > 0) return { ok: true, model: scriptedModel(options.case) };
      return {
        ok: false,
        message: 'The case has no "turns" to play back. Write them, or run with the model "rehearsal" or "claude".',
      };
    case 'adversary':
      return { ok: true, model: adversaryModel(options.seed, options.knowledge) };
    case 'claude': {
      const apiKey = options.apiKey?.trim() ?? '';
      if (apiKey !== '') {
        return {
          ok: true,
          model: claudeModel({
            apiKey,
            ...(options.modelId ? { modelId: options.modelId } : {}),
            ...(options.baseUrl ? { baseUrl: options.baseUrl } : {}),
          }),
        };
      }
      return {
        ok: false,
        message:
          'Claude needs an API key. Set ANTHROPIC_API_KEY in the environment, or in the editor run "Countersign: Set Anthropic API Key…". Without one, run with the model "rehearsal".',
      };
    }
  }
}
