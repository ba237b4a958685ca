/** Hears from the kernel when a screen was plugged in or out, or a graphics card came or went. Render thread only. */
import type { Kernel } from './kernel';

export interface Hotplug {
  /** Whether anything about graphics was told since the last call. Never blocks. */
  heard(): boolean;
  close(): void;
}

/** The kernel's own limit of an event (UEVENT_BUFFER_SIZE) is 2048 bytes. */
const LONGEST_EVENT_BYTES = 4096;

/** An event is `action@path`, then `KEY=value` fields, each ended by a zero byte. */
export function concernsGraphics(event: string): boolean {
  return event.split('\0').includes('SUBSYSTEM=drm');
}

/** Undefined where the kernel does not let this process listen: then only what it remembers of the screen can be asked. */
export function listenForHotplug(kernel: Kernel): Hotplug | undefined {
  let socket: number;
  try {
    socket = kernel.openDeviceEvents();
  } catch {
    return undefined;
  }
  const event = Buffer.alloc(LONGEST_EVENT_BYTES);
  return {
    heard() {
      let graphics = false;
      try {
        for (let length = kernel.read(socket, event); length > 0; length = kernel.read(socket, event)) {
          graphics ||= concernsGraphics(event.toString('latin1', 0, length));
        }
      } catch {
        // More happened than the socket could hold (ENOBUFS): among it may be what we wait for.
        graphics = true;
      }
      return graphics;
    },
    close: () => kernel.close(socket),
  };
}
