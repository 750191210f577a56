/** What jsdom lacks and JupyterLab or React Flow touch when they load. */

class NoObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

const nothing = (): void => {};
const stubs: Record<string, unknown> = {
  ResizeObserver: NoObserver,
  IntersectionObserver: NoObserver,
  DragEvent: class extends Event {},
  DOMMatrixReadOnly: class {
    m22 = 1;
  },
  matchMedia: (media: string) => ({
    media,
    matches: false,
    addEventListener: nothing,
    removeEventListener: nothing,
    addListener: nothing,
    removeListener: nothing
  })
};

for (const [name, stub] of Object.entries(stubs)) {
  if (Reflect.get(globalThis, name) === undefined) {
    Object.defineProperty(globalThis, name, { value: stub, configurable: true, writable: true });
  }
}
