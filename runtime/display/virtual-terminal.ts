/** The text console in front: kept from drawing its cursor and messages over the picture. */
import type { Kernel } from './kernel';

// linux/kd.h
const KDSETMODE = 0x4b3a;
const KDGETMODE = 0x4b3b;
const KD_GRAPHICS = 1;

/** The console in front, else the terminal this process was given (a service with `TTYPath=` may use no other). */
const TERMINALS = ['/dev/tty0', '/dev/tty'] as const;

/**
 * Tells the console in front that the screen is not its own, until the returned act puts its mode back. Does nothing where
 * there is no console or it may not be told: then the picture is shown all the same.
 */
export function silenceTerminal(kernel: Kernel): () => void {
  for (const path of TERMINALS) {
    let file: number;
    try {
      file = kernel.open(path);
    } catch {
      continue;
    }
    try {
      const mode = new DataView(new ArrayBuffer(4));
      kernel.ioctl(file, KDGETMODE, new Uint8Array(mode.buffer));
      kernel.ioctl(file, KDSETMODE, KD_GRAPHICS);
      return () => {
        try {
          kernel.ioctl(file, KDSETMODE, mode.getInt32(0, true));
        } catch {
          // The console has gone; there is nothing to put back.
        }
        kernel.close(file);
      };
    } catch {
      kernel.close(file);
    }
  }
  return () => {};
}
