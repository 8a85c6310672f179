/**
 * @parley/client: speaks protocol v1 from a browser or from Node, without a page.
 * The widget and the console stand on it; see ../DESIGN.md.
 */
export { backoff } from './backoff';
export { ANSWER_MS, Connection, type Options, PROTOCOL, type State } from './connection';
export { ended, reduceConv } from './conv';
export { Emitter } from './emitter';
export { type Env, memory, type Socket, type Store, system } from './env';
export { type Do, DISCONNECTED, NO_ANSWER, OFFLINE, Refusal } from './errors';
export { download, type FileAccess, upload } from './files';
export { makeKey, makeSecret } from './key';
export { Lane } from './lane';
export { type Draft, type Item, NEW, Outbox, type Sent } from './outbox';
export { Streams } from './streams';
export { PAGE, Thread } from './thread';
export type * from './wire';
