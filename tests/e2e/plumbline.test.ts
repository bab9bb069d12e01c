import { afterAll, beforeAll } from 'vitest';
import { openStage, type Stage } from './stage.ts';
import { tellBoard } from './stories/board.ts';
import { tellDesk } from './stories/desk.ts';
import { tellDoor } from './stories/door.ts';
import { tellLooks } from './stories/looks.ts';
import { tellPerson } from './stories/person.ts';
import { tellPolicy } from './stories/policy.ts';
import { tellRestart } from './stories/restart.ts';
import { tellSignIn } from './stories/sign-in.ts';

/** One server for all stories: starting it is most of their time. They are told in this order. */
let stage: Stage;
const stageOf = () => stage;

beforeAll(async () => {
  stage = await openStage(150);
});
afterAll(() => stage?.close());

tellSignIn(stageOf);
tellBoard(stageOf);
tellPerson(stageOf);
tellDesk(stageOf);
tellDoor(stageOf);
tellLooks(stageOf);
tellPolicy(stageOf);
tellRestart(stageOf);
