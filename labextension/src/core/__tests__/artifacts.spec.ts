import { describe, expect, it } from 'vitest';

import { artifactLine, bytesInWords } from '../artifacts';

const frame = { digest: 'ab'.repeat(32), format: 'parquet', size: 56123, type: 'pandas.DataFrame', name: 'values/df.parquet', preview: { summary: '1,234 rows x 8' } };

describe('artifactLine', () => {
  it('tells what a file is', () => {
    expect(artifactLine({ $artifact: frame })).toBe('parquet, 1,234 rows x 8, 56 kB');
    expect(artifactLine({ $artifact: { format: 'csv', size: 3 } })).toBe('csv, 3 B');
  });

  it.each([null, 1, 'x', [], {}, { $artifact: 1 }, { $artifact: { size: 1 } }, { $artifact: frame, more: 1 }, [{ $artifact: frame }]])(
    'leaves %j alone',
    value => {
      expect(artifactLine(value)).toBeNull();
    }
  );
});

describe('bytesInWords', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [9949, '9.9 kB'],
    [9951, '10 kB'],
    [999499, '999 kB'],
    [999501, '1.0 MB'],
    [5e15, '5000 TB']
  ])('says %i as %s', (size, words) => {
    expect(bytesInWords(size)).toBe(words);
  });
});
