import { download, type FileRef } from '@parley/client';
import { useEffect, useState } from 'preact/hooks';
import { clip, oct } from '../kit/icons';
import { bytes, middle } from './format';
import { Icon } from './icon';
import type { Session } from './session';

/** Pictures that a browser only paints. SVG is not among them: opened on its own it runs scripts. */
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);
const WIDEST = 220;
const HIGHEST = 200;

interface Props {
  session: Session;
  file: FileRef;
}

export function Attachment(props: Props) {
  return PICTURES.has(props.file.type) ? <Picture {...props} /> : <Row {...props} />;
}

/** Takes its room before the picture is there, so that nothing moves when it comes. */
function Picture({ session, file }: Props) {
  const conv = session.current;
  const [src, setSrc] = useState('');
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (!conv) return;
    const abort = new AbortController();
    let url = '';
    download(session.access, conv, file, abort.signal).then(
      (blob) => setSrc((url = URL.createObjectURL(new Blob([blob], { type: file.type })))),
      () => abort.signal.aborted || setFailed(true),
    );
    return () => {
      abort.abort();
      if (url) URL.revokeObjectURL(url);
    };
  }, [conv, file.hash]);
  if (failed) return <Row session={session} file={file} />;
  const { width, height } = fitted(file);
  return (
    <a class="pic" href={src || undefined} target="_blank" rel="noopener" style={{ width: `${width}px`, height: `${height}px` }}>
      {src ? <img src={src} alt={file.name} width={width} height={height} /> : <span class="vh">Picture {file.name}</span>}
    </a>
  );
}

function fitted({ width = 160, height = 120 }: FileRef): { width: number; height: number } {
  const scale = Math.min(1, WIDEST / width, HIGHEST / height);
  return { width: Math.max(48, Math.round(width * scale)), height: Math.max(36, Math.round(height * scale)) };
}

function Row({ session, file }: Props) {
  const [state, setState] = useState<'ready' | 'loading' | 'failed'>('ready');
  async function save(): Promise<void> {
    if (!session.current) return;
    setState('loading');
    try {
      const blob = await download(session.access, session.current, file);
      const url = URL.createObjectURL(new Blob([blob], { type: 'application/octet-stream' }));
      const link = document.createElement('a');
      link.href = url;
      link.download = file.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
      setState('ready');
    } catch {
      setState('failed');
    }
  }
  return (
    <button type="button" class="filerow" onClick={() => void save()} aria-label={`Download ${file.name}, ${bytes(file.size)}`}>
      <span class="tile">{state === 'failed' ? <Icon of={oct} /> : <Icon of={clip} />}</span>
      <span class="cut" title={file.name}>
        {middle(file.name, 24)}
      </span>
      <span class="meta">{state === 'failed' ? 'Not loaded. Try again' : state === 'loading' ? 'Loading' : bytes(file.size)}</span>
    </button>
  );
}
