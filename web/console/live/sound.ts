/**
 * The two soft notes of an offer, again every 5 s while something rings. Browsers
 * give no sound before a first gesture on the page; until then ringing is silent.
 */
export class Bell {
  #context: AudioContext | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;
  /** Set by the person; kept by the caller. */
  muted = false;

  /** Call from a click or a key. */
  wake(): void {
    try {
      this.#context ??= new AudioContext();
      void this.#context.resume();
    } catch {
      this.#context = null;
    }
  }

  /** Rings while on is true. */
  ring(on: boolean): void {
    if (on === (this.#timer !== null)) return;
    if (!on) {
      clearInterval(this.#timer!);
      this.#timer = null;
      return;
    }
    this.chime();
    this.#timer = setInterval(() => this.chime(), 5_000);
  }

  /** Two notes for an offer. */
  chime(): void {
    this.#note(659.26, 0, 0.12);
    this.#note(880, 0.16, 0.12);
  }

  /** One quiet tick for a line in one's own conversations. */
  tick(): void {
    this.#note(740, 0, 0.05);
  }

  #note(hz: number, after: number, loud: number): void {
    const context = this.#context;
    if (!context || context.state !== 'running' || this.muted) return;
    const at = context.currentTime + after;
    const gain = context.createGain();
    const tone = context.createOscillator();
    tone.type = 'sine';
    tone.frequency.value = hz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(loud, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.32);
    tone.connect(gain).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.35);
  }
}
