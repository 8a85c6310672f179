import { useEffect, useRef, useState } from 'react';
import { useLocation, useNavigate, useParams, useSearchParams } from 'react-router';
import { remember, convOf } from '../live/numbers';
import { Empty } from './bits';
import { Beside, Card } from './card';
import { useLive, useLiveState } from './context';
import { Conversation } from './conversation';
import { useCommand } from './keys';
import { List } from './list';

/** My work: list, the conversation of the address, the customer's card. */
export function Work({ leave }: { leave: (why: string) => void }) {
  const { number } = useParams();
  const live = useLive();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [search, setSearch] = useSearchParams();
  const rows = useLiveState((s) => s.rows);
  const online = useLiveState((s) => s.net.kind === 'online');
  const conv = number === undefined ? undefined : find(rows, Number(number)) ?? search.get('id') ?? convOf(Number(number));
  const row = conv === undefined ? undefined : rows.get(conv);
  const beside = search.get('beside') ?? undefined;
  const cardOpen = search.get('card') === '1' || beside !== undefined;
  const missing = useMissing(number, conv, row !== undefined, online);

  useEffect(() => {
    if (row) remember(row.number, row.conv);
  }, [row?.number, row?.conv]);

  const change = (name: string, value: string | undefined) => {
    const next = new URLSearchParams(search);
    if (value === undefined) next.delete(name);
    else next.set(name, value);
    setSearch(next, { replace: value === undefined });
  };
  useCommand('card', () => (row ? change('card', cardOpen ? undefined : '1') : false));
  useCommand('back', () => {
    if (beside !== undefined) return change('beside', undefined);
    if (search.get('card') === '1') return change('card', undefined);
    if (pathname === '/work') return false;
    void navigate('/work');
  });

  return (
    <div className={`work ${number === undefined ? '' : 'has-conv'} ${cardOpen ? 'card-open' : ''}`}>
      <List current={conv} leave={leave} />
      <section className="conv" aria-label={row ? `Conversation ${row.number}` : 'Conversation'}>
        {row ? (
          <Conversation key={row.conv} row={row} toggleCard={() => change('card', cardOpen ? undefined : '1')} />
        ) : missing ? (
          <Empty icon="search" title={`#${number} is not here`}>It may belong to another queue, or the number is wrong.</Empty>
        ) : number !== undefined ? (
          <div aria-busy="true" className="pane" />
        ) : (
          <Resting />
        )}
      </section>
      {row && (
        <aside aria-label="Customer">
          {beside !== undefined ? (
            <Beside key={beside} conv={beside} close={() => change('beside', undefined)} />
          ) : (
            <Card row={row} open={(c) => change('beside', c)} close={search.get('card') === '1' ? () => change('card', undefined) : undefined} />
          )}
        </aside>
      )}
    </div>
  );

  function Resting() {
    return live.store.state.me?.presence === 'accepting' ? (
      <Empty icon="inbox" title="No conversation open">Choose one on the left. The next one comes to you.</Empty>
    ) : (
      <Empty icon="inbox" title="No conversation open">Choose one on the left, or pick one from a queue.</Empty>
    );
  }
}

function find(rows: ReadonlyMap<string, { number: number; conv: string }>, number: number): string | undefined {
  for (const row of rows.values()) if (row.number === number) return row.conv;
  return undefined;
}

/** Asks for a conversation that no push brought; true once it is known that there is none. */
function useMissing(number: string | undefined, conv: string | undefined, here: boolean, online: boolean): boolean {
  const live = useLive();
  const [missing, set] = useState(false);
  const asked = useRef('');
  useEffect(() => {
    set(false);
    if (number === undefined || here || !online) return;
    // Right after signing in the rows of one's own work are still on their way.
    const timer = setTimeout(() => {
      if (conv === undefined) return set(true);
      asked.current = conv;
      live.view(conv).then((row) => row || set(true), () => set(true));
    }, conv === undefined ? 3_000 : 300);
    return () => clearTimeout(timer);
  }, [number, conv, here, online, live]);
  return missing && !here;
}
