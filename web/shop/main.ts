import '../kit/inter.css';
import '../kit/base.css';
import './shop.css';

/**
 * The page of a shop that does not exist. It installs the chat as any site would,
 * with one script and one key; only the key comes from the demo, or from ?key= to
 * try another inbox.
 */
async function key(): Promise<string> {
  const given = new URLSearchParams(location.search).get('key');
  if (given) return given;
  // Asked for once in a tab: the answer makes sign-in links, which nobody here needs.
  const kept = sessionStorage.getItem('inbox');
  if (kept) return kept;
  const state = (await (await fetch('../demo/state')).json()) as { inbox: string };
  sessionStorage.setItem('inbox', state.inbox);
  return state.inbox;
}

const dark = matchMedia('(prefers-color-scheme: dark)');
const paint = () => (document.documentElement.dataset.theme = dark.matches ? 'dark' : 'light');
dark.addEventListener('change', paint);
paint();

document.getElementById('buy')!.addEventListener('click', () => {
  const cart = document.getElementById('cart')!;
  cart.textContent = String(Number(cart.textContent) + 1);
});

key().then(
  (inbox) => {
    const script = document.createElement('script');
    script.async = true;
    script.src = new URL('../widget.js', location.href).href;
    script.dataset.key = inbox;
    document.head.append(script);
  },
  (error: unknown) => console.error('The demo did not say which inbox this is', error),
);
