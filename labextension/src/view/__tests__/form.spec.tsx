import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it, vi } from 'vitest';

import type { ParameterView } from '../../core/wire.gen';
import { fieldOf, readField } from '../form/fields';
import { RunForm } from '../form/RunForm';
import { FLOW } from './pages';

afterEach(cleanup);

function parameter(type: string, more: Partial<ParameterView> = {}): ParameterView {
  return { name: 'p', type, default: null as unknown as ParameterView['default'], is_required: false, help: '', ...more };
}

it.each([
  ['int', 'int'], ['float', 'float'], ['bool', 'bool'], ['str', 'text'], ['list[str]', 'json'], ['dict', 'json'],
  ['date', 'date'], ['datetime.date', 'date'], ['int | None', 'int'], ['Optional[float]', 'float'],
  ["Literal['a', 'b']", 'choice'], ['int | str', 'json'], ['Path', 'text']
])('makes a field of %s: %s', (type, kind) => {
  expect(fieldOf(parameter(type)).kind).toBe(kind);
});

it.each([
  ['int', '20', { value: 20 }], ['int', '1_000', { value: 1000 }], ['int', '2.5', { problem: 'A whole number, such as 20.' }],
  ['float', '1e-3', { value: 0.001 }], ['bool', 'false', { value: false }], ['str', ' a ', { value: ' a ' }],
  ['list', '[1]', { value: [1] }], ['list', '{}', { problem: 'A list, such as ["a", "b"].' }],
  ['dict', '[]', { problem: 'A table, such as {"a": 1}.' }], ['dict', '{"a"', { problem: 'JSON, such as ["a", "b"] or {"a": 1}.' }],
  ['date', '2026-03-01', { value: '2026-03-01' }], ['int', '', null], ["Literal['a, b', 3]", '0', { value: 'a, b' }], ["Literal['a, b', 3]", '1', { value: 3 }]
])('reads %s of %o as %o', (type, typed, read) => {
  expect(readField(fieldOf(parameter(type)), typed)).toEqual(read);
});

it('starts with what was typed, and leaves the defaults to the flow', () => {
  const onStart = vi.fn();
  render(<RunForm flow={FLOW} onStart={onStart} />);
  fireEvent.change(screen.getByLabelText(/^rows/), { target: { value: '5000' } });
  fireEvent.click(screen.getByRole('button', { name: 'Run' }));

  expect(onStart).toHaveBeenCalledWith({ params: { rows: 5000 }, logical_date: null });
});

it('says what is wrong, and does not start', () => {
  const onStart = vi.fn();
  const flow = { ...FLOW, params: [parameter('float', { name: 'rate', is_required: true })] };
  render(<RunForm flow={flow} onStart={onStart} />);
  fireEvent.click(screen.getByRole('button', { name: 'Run' }));

  expect(screen.getByRole('alert').textContent).toBe('It is needed.');
  expect(document.activeElement).toBe(screen.getByLabelText(/^rate/));
  expect(onStart).not.toHaveBeenCalled();
});
