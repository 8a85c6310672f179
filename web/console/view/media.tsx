import type { FileRef } from '@parley/client';
import { useEffect, useState } from 'react';
import { size } from '../format/clock';
import { middle } from '../format/text';
import { blobOf, fetchBlob } from '../live/files';
import { words } from '../live/words';
import { Icon } from './bits';
import { useLive } from './context';
import { Sheet } from './sheet';

const IMAGE = /^image\/(png|jpeg|gif|webp|avif)$/;

/** Pictures as thumbnails, everything else as rows. */
export function Files({ conv, files }: { conv: string; files: FileRef[] }) {
  return (
    <div className="pics">
      {files.map((f) => (IMAGE.test(f.type) ? <Picture key={f.hash} conv={conv} file={f} /> : <FileRow key={f.hash} conv={conv} file={f} />))}
    </div>
  );
}

/** Size on the page, known before a byte is loaded: 72 to 160 px on the longer side. */
export function reserve({ width, height }: FileRef): { width: number; height: number } {
  const w = width && width > 0 ? width : 4;
  const h = height && height > 0 ? height : 3;
  const scale = Math.min(160 / w, 120 / h);
  return { width: Math.round(Math.min(160, Math.max(72, w * scale))), height: Math.round(Math.min(120, Math.max(72, h * scale))) };
}

function useBlob(conv: string, file: FileRef) {
  const live = useLive();
  const [url, setUrl] = useState(() => blobOf(conv, file));
  const [problem, setProblem] = useState('');
  useEffect(() => {
    if (url) return;
    let gone = false;
    fetchBlob(live.session.token, conv, file).then((u) => gone || setUrl(u), (e: unknown) => gone || setProblem(words(e)));
    return () => {
      gone = true;
    };
  }, [conv, file, url, live]);
  return { url, problem };
}

function Picture({ conv, file }: { conv: string; file: FileRef }) {
  const { url, problem } = useBlob(conv, file);
  const [broken, setBroken] = useState(false);
  const [open, setOpen] = useState(false);
  if (problem || broken) return <FileRow conv={conv} file={file} problem={problem} />;
  return (
    <>
      <button type="button" className="pic" style={reserve(file)} aria-label={`Picture: ${file.name}`} title={file.name} onClick={() => setOpen(true)}>
        {url ? <img src={url} alt="" onError={() => setBroken(true)} /> : <Icon name="file" className="lg" />}
      </button>
      {open && (
        <Sheet label={file.name} close={() => setOpen(false)} wide>
          {url && <img src={url} alt={file.name} style={{ maxWidth: '100%', maxHeight: '70vh', display: 'block' }} />}
          <div className="row" style={{ marginTop: 10 }}><span className="cut">{file.name}</span><span className="meta grow">{kind(file)}</span><Save conv={conv} file={file} words /><button type="button" className="btn sm" onClick={() => setOpen(false)}>Close</button></div>
        </Sheet>
      )}
    </>
  );
}

function kind(file: FileRef): string {
  const ext = /\.([a-z0-9]{1,5})$/i.exec(file.name)?.[1] ?? file.type.split('/')[1] ?? 'File';
  return `${ext.toLocaleUpperCase()}, ${size(file.size)}`;
}

export function FileRow({ conv, file, problem = '' }: { conv: string; file: FileRef; problem?: string }) {
  return (
    <span className={`fl ${problem ? 'bad' : ''}`}>
      <span className="ic"><Icon name="file" /></span>
      <span className="grow"><span className="nmx cut" title={file.name}>{middle(file.name)}</span><span className="meta">{problem || kind(file)}</span></span>
      <Save conv={conv} file={file} />
    </span>
  );
}

/** The token may not stand in an address: the bytes come by fetch and leave by a link of this page. */
function Save({ conv, file, words: wide = false }: { conv: string; file: FileRef; words?: boolean }) {
  const live = useLive();
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      const a = document.createElement('a');
      a.href = await fetchBlob(live.session.token, conv, file);
      a.download = file.name;
      a.click();
    } catch (error) {
      live.toast(`${file.name}: ${words(error)}`, { bad: true });
    } finally {
      setBusy(false);
    }
  };
  if (wide) return <button type="button" className="btn sm" disabled={busy} onClick={() => void save()}><Icon name="down" className="sm" />Download</button>;
  return <button type="button" className="ib sm" aria-label={`Download ${file.name}`} title="Download" disabled={busy} onClick={() => void save()}><Icon name="down" /></button>;
}
