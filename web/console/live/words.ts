import { Refusal } from '@parley/client';

/** What a person reads where the server says nothing, or where the console knows more. */
const WORDS: Record<string, string> = {
  offline: 'No connection. Try again when you are back',
  disconnected: 'The connection was lost. Try again',
  no_answer: 'No answer from the server. Try again',
  sign_in_again: 'You were signed out. Sign in again',
  http_404: 'The server does not know this',
  http_413: 'Too large',
  http_500: 'The server failed at this. Try again',
  http_502: 'The server is not there right now. Try again',
  http_503: 'The server is not there right now. Try again',
};

/** A sentence for an error of any kind; never a code alone. */
export function words(error: unknown): string {
  if (error instanceof Refusal) return WORDS[error.code] ?? sentence(error.message);
  return 'This did not work. Try again';
}

function sentence(message: string): string {
  const text = message.trim();
  return text === '' ? 'This did not work. Try again' : text[0]!.toLocaleUpperCase() + text.slice(1);
}
