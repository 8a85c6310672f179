import { Popover } from '@mantine/core';
import { useState } from 'react';
import { Icon } from './bits';

/** Those that service talk uses; every other one comes by the keyboard of the device. */
const EMOJI: [string, string][] = [
  ['🙂', 'smiling'], ['😀', 'grinning'], ['😊', 'happy'], ['😅', 'relieved'], ['😉', 'winking'], ['😍', 'delighted'], ['🤔', 'thinking'], ['😕', 'confused'],
  ['😔', 'sad'], ['😢', 'crying'], ['😬', 'awkward'], ['😮', 'surprised'], ['🙏', 'thanks'], ['👍', 'thumbs up'], ['👎', 'thumbs down'], ['👋', 'waving'],
  ['👏', 'clapping'], ['🤝', 'handshake'], ['💪', 'strong'], ['🎉', 'celebration'], ['❤️', 'heart'], ['✅', 'done'], ['❌', 'no'], ['⚠️', 'warning'],
  ['❓', 'question'], ['📦', 'parcel'], ['🚚', 'delivery'], ['📎', 'paper clip'], ['📷', 'camera'], ['📅', 'calendar'], ['⏰', 'clock'], ['💳', 'card'],
];

export function EmojiButton({ insert }: { insert: (text: string) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="top-start" trapFocus returnFocus withRoles={false} withinPortal={false}>
      <Popover.Target>
        <button type="button" className="ib sm" aria-label="Emoji" title="Emoji" aria-expanded={open} aria-haspopup="dialog" onClick={() => setOpen(!open)}><Icon name="smile" /></button>
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label="Emoji">
        <div className="emo">
          {EMOJI.map(([char, name]) => (
            <button key={name} type="button" aria-label={name} title={name} onClick={() => (setOpen(false), insert(char))}>{char}</button>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
