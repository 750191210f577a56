/** A Lumino widget inside a React screen. The widget is the caller's to dispose. */
import { useLayoutEffect, useRef } from 'react';
import { Widget } from '@lumino/widgets';

export function LuminoHost({ widget }: { readonly widget: Widget }): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  // As a layout effect: it is detached while it is still on the page, or Lumino refuses.
  useLayoutEffect(() => {
    if (host.current) {
      Widget.attach(widget, host.current);
    }
    return () => {
      if (widget.isAttached) {
        Widget.detach(widget);
      }
    };
  }, [widget]);
  return <div ref={host} className="jp-Flow-host" />;
}
