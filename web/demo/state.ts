/** What `parley demo` says of itself at GET /demo/state. Fields that do not apply are left out. */
export interface State {
  /** Inbox of the shop page. */
  inbox: string;
  centre: string;
  /** Each with a one-time link; every answer makes new ones. */
  people: Person[];
  queues: number;
  /** Origin of this server, and of its operations page. */
  address: string;
  metrics: string;
  /** Folder with the data. */
  data: string;
  /** The folder is thrown away at the end. */
  temporary?: boolean;
  pid: number;
  /** From start to serving. */
  ready_ms?: number;
  /** Simulated customers who come, talk and come again; 0 = none. */
  customers?: number;
}

export interface Person {
  id: string;
  name: string;
  role: 'agent' | 'supervisor' | 'administrator';
  url: string;
}

export async function fetchState(): Promise<State> {
  const answer = await fetch('state');
  if (!answer.ok) throw new Error(`The demo answered ${answer.status}`);
  return (await answer.json()) as State;
}
