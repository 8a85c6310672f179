import type { Connection } from '@parley/client';

/**
 * The connection as an Outbox for notes sees it: the same lines, the same keys and
 * tries, under the command `note`.
 */
export function asNotes(connection: Connection): Connection {
  return new Proxy(connection, {
    get(target, name) {
      if (name === 'request') {
        return (cmd: string, body: object, key?: string) => target.request(cmd === 'send' ? 'note' : cmd, body, key);
      }
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
