/** What a task asks a person: its question, its form, yes and no. */
import { keyOf } from '../../core/run';
import type { TaskRunView, TaskView } from '../../core/wire.gen';
import type { IRunActions } from '../actions';
import { Button } from '../Button';
import { useParameters } from '../form/useParameters';

export interface IQuestionProps {
  readonly task: TaskView;
  readonly run: TaskRunView;
  readonly answer: NonNullable<IRunActions['answer']>;
}

export function Question({ task, run, answer }: IQuestionProps): JSX.Element {
  const key = keyOf(run.task, run.index);
  const { fields, read } = useParameters(task.form, {});
  const approve = (): void => {
    const values = read();
    if (values) {
      answer(key, true, values);
    }
  };
  return (
    <form className="jp-Flow-question" aria-label={`answer ${key}`} onSubmit={event => { event.preventDefault(); approve(); }}>
      <p className="jp-Flow-questionText">{run.reason.replace(/^asks: /, '')}</p>
      {fields}
      <div className="jp-Flow-tools">
        <Button label="Approve" tone="main" title={`say yes to ${key}`} onClick={approve} />
        <Button label="Reject" tone="bad" title={`say no to ${key}`} onClick={() => answer(key, false, {})} />
      </div>
    </form>
  );
}
