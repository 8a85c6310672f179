/**
 * The frames of protocol v1 as a browser sees them. The words are explained in
 * gateway/protocol/PROTOCOL.md, which these types follow; times are unix
 * milliseconds UTC, lengths end in `_ms`, identifiers carry their kind's prefix.
 */

export type Status = 'bot' | 'new' | 'open' | 'pending' | 'on_hold' | 'snoozed' | 'resolved' | 'closed';
export type Route = 'idle' | 'queued' | 'offered' | 'assigned';
export type Presence = 'accepting' | 'not_accepting' | 'break' | 'call' | 'offline';
export type Score = 'bad' | 'fine' | 'good';
export type Role = 'customer' | 'agent' | 'supervisor' | 'administrator';

export interface Named {
  id: string;
  name: string;
}

export interface Who extends Named {
  kind: 'customer' | 'agent' | 'system' | 'bot';
}

/** A stored file; hash names it within its conversation. */
export interface FileRef {
  hash: string;
  name: string;
  size: number;
  type: string;
  width?: number;
  height?: number;
}

export interface LastLine {
  text: string;
  at: number;
  /** Who wrote it; the gateway says a kind or a whole Who. */
  from: Who | string;
  note?: boolean;
}

/** A conversation as its customer sees it. */
export interface Conv {
  conv: string;
  number: number;
  status: Status;
  /** Number of the last event for customers. */
  seq: number;
  agent?: Named;
  started_at: number;
  ended_at?: number;
  survey?: boolean;
  score?: Score;
  last?: LastLine;
  position?: number;
  /** Up to which seq the agents' side has received and read. */
  delivered?: number;
  seen?: number;
  unread?: number;
}

/** A conversation as agents see it in a list. */
export interface Row {
  conv: string;
  number: number;
  status: Status;
  route: Route;
  activity?: string;
  contact: string;
  inbox: string;
  queue: Named;
  name: string;
  email?: string;
  page?: string;
  language?: string;
  owner?: Named;
  offered_to?: Named;
  offer?: string;
  offer_until?: number;
  seq: number;
  started_at: number;
  queued_at?: number;
  assigned_at?: number;
  ended_at?: number;
  unanswered_since?: number;
  last?: LastLine;
  customer_online?: boolean;
  score?: Score;
  comment?: string;
  close_reason?: string;
  previous?: string;
  delivered?: number;
  seen?: number;
  my_seen?: number;
  peek?: boolean;
}

export interface Inbox {
  id: string;
  name: string;
  /** May a conversation start without name and e-mail? */
  anonymous: boolean;
  /** May agents see what is being typed? */
  peek: boolean;
  rating: boolean;
  /** Colour of the site, #rrggbb; contrast was checked when it was saved. */
  brand?: string;
  /** Name of the contact centre. */
  centre: string;
}

export interface Limits {
  text: number;
  file_bytes: number;
  files: number;
  ping_ms: number;
  frame_bytes: number;
}

export interface Resumed {
  conv: string;
  seq?: number;
  too_old?: boolean;
}

export interface HelloBody {
  role: 'customer' | 'agent';
  inbox?: string;
  secret?: string;
  token?: string;
  resume?: { conv: string; seq: number }[];
}

export interface Centre {
  name: string;
  queues: Named[];
  agents: (Named & { role?: Role })[];
  break_reasons?: (Named & { minutes?: number; paid?: boolean })[];
}

export interface HelloOK {
  now: number;
  session: string;
  self: Named & { role: Role };
  limits: Limits;
  inbox?: Inbox;
  conversations?: Conv[];
  centre?: Centre;
  resumed?: Resumed[];
}

/** One numbered event of a conversation; kinds this client does not know stay in the stream. */
export interface Event<B = Record<string, unknown>> {
  ev: string;
  conv: string;
  seq: number;
  at: number;
  body: B;
}

export interface MessageBody {
  from: Who;
  text: string;
  files?: FileRef[];
  key?: string;
  note?: boolean;
}

/** What has no number: volatile, or the newest state of a view. */
export interface Push<B = Record<string, unknown>> {
  ev: string;
  conv?: string;
  body: B;
}

export interface WireError {
  code: string;
  message: string;
  retry_after_ms?: number;
  details?: Record<string, unknown>;
}

export interface HistoryOK {
  events: Event[];
  more: boolean;
}
