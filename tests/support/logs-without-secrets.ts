import { dropFolder, findSecrets, folderName, newFolder } from './collected-logs.ts';

/**
 * Global set-up of the integration and end-to-end suites: what all their servers log is collected, and the run fails when
 * a planted secret stands in it.
 */
export default function setup(): () => void {
  const folder = newFolder();
  process.env[folderName] = folder;
  return () => {
    const found = findSecrets(folder);
    dropFolder(folder);
    if (found.length === 0) return;
    throw new Error(`Secrets stand in the logs of this run:\n${[...new Set(found)].slice(0, 20).join('\n')}`);
  };
}
