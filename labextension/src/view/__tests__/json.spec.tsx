import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';

import { item } from '../graph/item';
import { Downloads } from '../downloads';
import { Json } from '../Json';

afterEach(cleanup);

const frame = { $artifact: { digest: 'ab'.repeat(32), format: 'parquet', size: 56123, type: 'pandas.DataFrame', name: 'values/df.parquet', preview: { summary: '1,234 rows x 8', head: [['1']] } } };

it('shows a file that was handed on as one line', () => {
  render(<Json value={frame} open={0} />);
  expect(screen.getByText('parquet, 1,234 rows x 8, 56 kB')).toBeDefined();
  expect(screen.queryByRole('button')).toBeNull();
});

it('shows those in a list when it is unfolded', () => {
  render(<Json value={[frame, frame]} />);
  expect(screen.getAllByText('parquet, 1,234 rows x 8, 56 kB')).toHaveLength(2);
});

it('tells an instance by the line of the file that it was given', () => {
  expect(item({ table: frame, n: 1 })).toBe('table=parquet, 1,234 rows x 8, 56 kB n=1');
});

it('links a file where the host knows where it is', () => {
  render(<Downloads.Provider value={(file, name) => `/x/${file}?as=${name}`}><Json value={frame} /></Downloads.Provider>);
  const link = screen.getByRole('link', { name: /parquet, 1,234 rows/ });
  expect(link.getAttribute('href')).toBe(`/x/${'ab'.repeat(32)}.parquet?as=df.parquet`);
  expect(link.getAttribute('download')).toBe('df.parquet');
});

it('says which secret a parameter is', () => {
  render(<Json value={{ $secret: ['', 'TOKEN', ''] }} />);
  expect(screen.getByText('secret("TOKEN")')).toBeTruthy();
});
