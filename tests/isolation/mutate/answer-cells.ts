import { moduleNames, modules } from '#contracts/modules';
import { recollectedIndex } from '../planted.ts';
import type { Trial } from '../trial.ts';
import type { Asker } from '../viewers.ts';
import { asking, may, type Data, type Judge } from './answers.ts';
import { beyondCells } from './beyond-cells.ts';
import type { Cell } from './cells.ts';
import { officeCells } from './office-cells.ts';
import { questionCells } from './question-cells.ts';
import { rosterCells } from './roster-cells.ts';

/** What answers must hold, by the letters of the table, where holding too much is no word that could be searched for. */
export function answerCells(trial: Trial): Cell[] {
  const asked = asking(trial);
  return [
    ...asked('privacy.panel', { employeeId: trial.alder.people[1] }, panelWrongs),
    ...asked('people.export', exportQuery, exportWrongs),
    ...asked('overview.read', wholeCompany, overviewWrongs),
    ...asked('board.choices', undefined, choiceWrongs),
    ...asked('explorer.run', { sql: coloursOf(trial) }, explorerWrongs),
    ...beyondCells(trial),
    ...officeCells(trial),
    ...questionCells(trial),
    ...rosterCells(trial),
  ];
}

const exportQuery = { phases: [], divisionIds: [], locationIds: [], jobRoleIds: [], text: '', sort: 'name' };
const wholeCompany = { filter: { divisionId: null, locationId: null, jobRoleId: null }, asOf: null };
const coloursOf = ({ world }: Trial): string =>
  `SELECT flag FROM flags WHERE module = 'drug_alcohol' AND employee_id = '${world.alder.people.get(recollectedIndex)}'`;

/** Whoever works with papers reveals; copies need every export; only whoever approves the company's settings erases. */
function panelWrongs(asker: Asker, data: Data): string[] {
  const papers = (['drug_alcohol', 'background', 'dot'] as const).some((module) => may(asker, 'V', module));
  const erases = asker.role !== null && may(asker, 'A', 'administration');
  const copies = asker.role !== null && modules.every((module) => may(asker, 'X', module));
  return [
    ...(data.mayReveal || data.externalIdsHeld ? (papers ? [] : ['may reveal']) : []),
    ...(data.mayAskCopy && !copies ? ['may ask for a copy'] : []),
    ...(data.plan && !erases ? ['what stands against erasing'] : []),
  ];
}

const exportWrongs: Judge = (asker, { csv }) => {
  const [head = ''] = csv?.split('\r\n') ?? [];
  return modules.filter(
    (module) => head.includes(moduleNames[module]) && !may(asker, 'X', module) && !may(asker, 'D', module),
  );
};

const overviewWrongs: Judge = ({ role }, { heat }) =>
  role === 'Auditor' && heat?.rows.some(({ people }) => people > 0 && people < 5)
    ? ['a row of fewer than five']
    : [];

const choiceWrongs: Judge = ({ role }, { locations, jobRoles }) =>
  role === 'Auditor' && [locations, jobRoles].some((list) => list?.length !== 0) ? ['places'] : [];

const explorerWrongs: Judge = ({ role }, data) => {
  const flags = ((data.rows ?? []) as unknown as readonly string[][]).flat();
  const right = role === 'DER' ? 'yellow' : 'green';
  return flags.some((flag) => flag !== right) ? [`${flags.join()} for who must be tested again`] : [];
};
