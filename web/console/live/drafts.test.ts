import { memory } from '../../client';
import { expect, test } from 'vitest';
import { Drafts } from './drafts';
import { asNotes } from './notes';

test('a draft belongs to an agent, a conversation and a mode, and outlives the page', () => {
  const store = memory();
  const drafts = new Drafts(store, 'agt_1');
  drafts.set('c1', 'reply', 'Hello');
  drafts.set('c1', 'note', 'psst');
  const reloaded = new Drafts(store, 'agt_1');
  expect([reloaded.get('c1', 'reply'), reloaded.get('c1', 'note'), reloaded.get('c2', 'reply')]).toEqual(['Hello', 'psst', '']);
  expect(new Drafts(store, 'agt_2').get('c1', 'reply')).toBe('');
});

test('white space alone is no draft', () => {
  const store = memory();
  const drafts = new Drafts(store, 'agt_1');
  drafts.set('c1', 'reply', 'Hello');
  drafts.set('c1', 'reply', ' \n');
  expect(store.names('')).toEqual([]);
});

test('notes go out under their own command and key', async () => {
  const sent: unknown[] = [];
  const connection = { request: (...args: unknown[]) => (sent.push(args), Promise.resolve({})), online: true } as never;
  await asNotes(connection).request('send', { conv: 'c' }, 'k');
  expect(sent).toEqual([['note', { conv: 'c' }, 'k']]);
  expect(asNotes(connection).online).toBe(true);
});
