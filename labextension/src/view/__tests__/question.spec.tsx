import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { flow, page, task, taskRun } from '../../core/__tests__/samples';
import type { ParameterView } from '../../core/wire.gen';
import { TaskPane } from '../task/TaskPane';

afterEach(cleanup);

const form = [
  { name: 'share', type: 'float', default: 0.1, is_required: false, help: '' },
  { name: 'note', type: 'str', default: '', is_required: false, help: '' }
] as unknown as ParameterView[];

function shown(state: string, answer = vi.fn(), given = form): ReturnType<typeof vi.fn> {
  const asked = { ...page([taskRun('ok', state, { reason: 'asks: Deploy?' })]), flow: flow([task('ok', [], { kind: 'approve', form: given })]) };
  render(<TaskPane page={asked} selected="ok" onSelect={vi.fn()} actions={{ answer }} />);
  return answer;
}

describe('a task that asks', () => {
  it('hands the filled form on with a yes', () => {
    const answer = shown('waiting');
    expect(screen.getAllByText('Deploy?')).not.toHaveLength(0);
    fireEvent.change(screen.getByLabelText(/share/), { target: { value: '0.3' } });
    fireEvent.click(screen.getByRole('button', { name: 'Approve' }));
    expect(answer).toHaveBeenCalledExactlyOnceWith('ok', true, { share: 0.3 });
  });

  it('says what is wrong with the form, and nothing else', () => {
    const answer = shown('waiting');
    fireEvent.change(screen.getByLabelText(/share/), { target: { value: 'much' } });
    fireEvent.click(screen.getByRole('button', { name: 'Approve' }));
    expect(answer).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(screen.getByLabelText(/share/));
  });

  it('takes a no without a form', () => {
    const answer = shown('waiting');
    fireEvent.click(screen.getByRole('button', { name: 'Reject' }));
    expect(answer).toHaveBeenCalledExactlyOnceWith('ok', false, {});
  });

  it('asks no more when it has an answer', () => {
    shown('succeeded');
    expect(screen.queryByRole('button', { name: 'Approve' })).toBeNull();
  });
});
