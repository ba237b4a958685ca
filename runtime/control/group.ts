/** The group that may use the control socket, looked up without a child process. */
import { readFileSync } from 'node:fs';

export const CONTROL_GROUP = 'vitrine';

/** The number of a group in the text of `/etc/group` (group(5)); undefined where it is not listed. */
export function groupIdIn(groupFile: string, name: string): number | undefined {
  for (const line of groupFile.split('\n')) {
    const [group, , id] = line.split(':');
    if (group === name && id !== undefined && /^\d+$/.test(id)) return Number(id);
  }
  return undefined;
}

/** The number of a local group; undefined where it does not exist. Reads a small file. */
export function localGroupId(name: string): number | undefined {
  try {
    return groupIdIn(readFileSync('/etc/group', 'utf8'), name);
  } catch {
    return undefined;
  }
}
