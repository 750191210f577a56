import { describe, expect, it } from 'vitest';

import { secretText } from '../secrets';

describe('secretText', () => {
  it('says which secret it is', () => {
    expect(secretText({ $secret: ['', 'TOKEN', ''] })).toBe('secret("TOKEN")');
    expect(secretText({ $secret: ['Bearer ', 'TOKEN', '!'] })).toBe('Bearer {{ secret("TOKEN") }}!');
  });

  it.each([null, 'x', 1, [], {}, { $secret: 1 }, { $secret: [] }, { $secret: ['', 'A'] }, { $secret: ['', 1, ''] }, { $secret: ['', 'A', ''], more: 1 }])(
    'leaves %j alone',
    value => expect(secretText(value)).toBeNull()
  );
});
