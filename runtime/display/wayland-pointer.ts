/**
 * A pointer for compositors that draw one where no mouse is connected, which no client may hide then: labwc, the desktop of Raspberry Pi OS. A
 * virtual mouse (wlr-virtual-pointer-unstable-v1) makes the pointer ours to hide, as SDL does; it never moves.
 */
import { bindGlobal, FIRST_FREE, readMessages, request, WaylandConnection, type Message } from './wayland-wire';

const SEAT = 'wl_seat';
const MANAGER = 'zwlr_virtual_pointer_manager_v1';
/** A compositor takes new ids only in their order. */
const [SEAT_ID, MANAGER_ID, SYNC_ID, POINTER_ID] = [FIRST_FREE, FIRST_FREE + 1, FIRST_FREE + 2, FIRST_FREE + 3];
/** wl_seat: its event `capabilities`, and the bit of a pointer. */
const SEAT_CAPABILITIES = 0;
const HAS_POINTER = 1;
const MANAGER_CREATE_POINTER = 0;
const POINTER_MOTION = 0;
const POINTER_FRAME = 4;

/** Keeps the pointer hidden until it is closed. Belongs to the thread that opened it. */
export interface PointerHold {
  /** Looks whether the last mouse has gone. Never blocks. */
  look(): void;
  /** Once. */
  close(): void;
}

/** Undefined where the compositor has no such mice, no seat, or does not answer. */
export function holdPointer(path: string): PointerHold | undefined {
  let connection: WaylandConnection;
  try {
    connection = new WaylandConnection(path);
  } catch {
    return undefined;
  }
  try {
    const { interfaces, numbers } = connection.globals();
    const [seat, manager] = [SEAT, MANAGER].map((name) => numbers[interfaces.indexOf(name)]);
    if (seat !== undefined && manager !== undefined) return new Hold(connection, seat, manager);
  } catch {
    // It is as if it had none.
  }
  connection.close();
  return undefined;
}

class Hold implements PointerHold {
  private isMade = false;
  private unread: Uint8Array = new Uint8Array(0);

  /** Throws where the compositor does not answer. */
  constructor(
    private readonly connection: WaylandConnection,
    seat: number,
    manager: number,
  ) {
    this.take(
      connection.answers(
        [...bindGlobal(seat, SEAT, 1, SEAT_ID), ...bindGlobal(manager, MANAGER, 1, MANAGER_ID)],
        SYNC_ID,
      ),
    );
  }

  look(): void {
    const { messages, rest } = readMessages(Buffer.concat([this.unread, this.connection.heard()]));
    this.unread = rest;
    this.take(messages);
  }

  private take(messages: readonly Message[]): void {
    const lacks = messages.some(
      ({ object, opcode, words }) =>
        object === SEAT_ID && opcode === SEAT_CAPABILITIES && (Buffer.from(words).readUInt32LE(0) & HAS_POINTER) === 0,
    );
    if (!lacks || this.isMade) return;
    this.isMade = true;
    // Of any seat; moved by nothing, so that it is over what lies below it.
    this.connection.tell([
      ...request(MANAGER_ID, MANAGER_CREATE_POINTER, 0, POINTER_ID),
      ...request(POINTER_ID, POINTER_MOTION, 0, 0, 0),
      ...request(POINTER_ID, POINTER_FRAME),
    ]);
  }

  close(): void {
    this.connection.close();
  }
}
