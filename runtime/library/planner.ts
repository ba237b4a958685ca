/** The planner: in which order a scene's files come, known ahead of time. What plugins see of the order of play. */

/** What a file is shown as: by which plugin. */
export type PlayKind = 'images' | 'videos';

export interface PlannedFile {
  /** Absolute. */
  readonly path: string;
  readonly theme: string;
}

export interface OrderedFile extends PlannedFile {
  readonly kind: PlayKind;
}

/** A scene's files of one kind. Main thread only. */
export interface Planner {
  /** Different files there are of this kind. */
  readonly size: number;
  /** The scene's next file, where it is of this kind. */
  readonly head: PlannedFile | undefined;
  /** The scene's next file, which counts as shown from now on; undefined when there is none. */
  draw(): PlannedFile | undefined;
  /**
   * The next `count` files of this kind, exactly as draws will give them, as long as no other scene draws from the same themes and no
   * file comes, goes or is blocked. What others draw is missing from it afterwards; the rest stays in its order.
   */
  peek(count: number): readonly PlannedFile[];
  /** A file that was drawn never came on: it is the next one again. */
  takeBack(file: PlannedFile): void;
  /** Takes a file out that is gone or struck out. */
  remove(path: string): void;
}

/** How a scene of a session plays. */
export interface ScenePlan {
  readonly scene: string;
  /** In listed order; `weight` is the share of draws of the whole theme, above 0. */
  readonly themes: readonly { readonly name: string; readonly weight: number }[];
  readonly order: 'shuffle' | 'sequence';
  readonly kinds: readonly PlayKind[];
}

/** Where a scene's files come from: all of its kinds together. */
export interface Course {
  /** The next `count` files, as draws would give them one after the other. */
  peek(count: number): readonly OrderedFile[];
  draw(): OrderedFile | undefined;
  takeBack(file: OrderedFile): void;
}

/** What an item says and takes back of its turn, for a file that was just drawn. */
export function turnOf(planner: Planner, file: PlannedFile): { takeBack(): void; retake(): boolean } {
  let taken = true;
  return {
    takeBack() {
      if (taken) planner.takeBack(file);
      taken = false;
    },
    retake() {
      if (!taken && planner.head?.path === file.path) taken = planner.draw() !== undefined;
      return taken;
    },
  };
}
