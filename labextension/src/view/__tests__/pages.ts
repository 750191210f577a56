/** Pages of real runs, for tests. */
import type { FlowView, GridColumn, RunPage, ScheduleView } from '../../core/wire.gen';
import { facesOf } from '../faces';
import failed from '../../../test/fixtures/failed.json';
import flow from '../../../test/fixtures/flow.json';
import broken from '../../../test/fixtures/flow_with_problems.json';
import running from '../../../test/fixtures/running.json';
import schedules from '../../../test/fixtures/schedules.json';
import succeeded from '../../../test/fixtures/succeeded.json';

export const FAILED = failed as unknown as RunPage;
export const RUNNING = running as unknown as RunPage;
export const SUCCEEDED = succeeded as unknown as RunPage;
export const FLOW = flow as unknown as FlowView;
export const BROKEN = broken as unknown as FlowView;
export const SCHEDULES = schedules as unknown as ScheduleView[];

/** A run's column of the grid, as the server tells it. */
export function columnOf(page: RunPage): GridColumn {
  const tasks = [...facesOf(page)].map(([task, face]) => ({
    task, state: face.state, instances: face.width, attempts: face.runs.reduce((sum, each) => sum + each.attempts.length, 0)
  }));
  return { run: page.run, tasks };
}
