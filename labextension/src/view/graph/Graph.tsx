/**
 * The graph of a run: tasks in layers, live. Zooms, fits, searches, filters; the arrow keys walk
 * along its edges. Draws only what is on the screen and only what changed: while a run goes on its
 * nodes and edges hear themselves how their tasks stand (`board`), and the graph is not drawn again.
 * A large one is painted (`Sketch`), and drawn box by box where one is near enough to read it.
 */
import { memo, useCallback, useMemo, useRef, useState } from 'react';

import { ControlButton, Controls, MiniMap, ReactFlow, ReactFlowProvider, useReactFlow, useStoreApi } from '@xyflow/react';
import type { Edge } from '@xyflow/react';

import type { IFolding } from '../../core/groups';
import type { RunPage } from '../../core/wire.gen';
import { taskSign } from '../../core/words';
import { groupFaceOf } from '../faces';
import type { Faces } from '../faces';
import { Icon } from '../Icon';
import { Board, useBoard, useFaces, useSame } from './board';
import { criticalPath } from './critical';
import { edgesOf, NODE_HEIGHT, NODE_WIDTH, nodesOf } from './elements';
import type { NodeCache } from './elements';
import { GraphTools } from './GraphTools';
import { frame, leastZoom, useDirection, useFraming } from './framing';
import { FrameNode, GroupNode } from './GroupNode';
import type { FrameNodeType, GroupNodeType } from './GroupNode';
import { MapNode } from './MapNode';
import type { IPicture } from './paint';
import { placesOf } from './places';
import type { IPlaces } from './places';
import { TaskEdge } from './TaskEdge';
import { TaskNode } from './TaskNode';
import type { INodeActions, TaskNodeType } from './TaskNode';
import { matching, noQuery } from './query';
import { LARGE, spotAt, useSight } from './sight';
import { Sketch, SketchMap } from './Sketch';
import { useFolding } from './useFolding';
import { step } from './walk';

const NODE_TYPES = { task: TaskNode, folded: GroupNode, frame: FrameNode };
const EDGE_TYPES = { task: TaskEdge };
const FIT = { padding: 0.06, maxZoom: 1 };
/** Who points so near to a painted task, in pixels, means it. */
const NEAR = 3;
const NONE: ReadonlySet<string> = new Set();
/** More nodes than these, and a map of them is of use. */
const MAP_FROM = 25;
/** Its size. Given here and not by a style sheet: it is also drawn for it. */
const MAP = { width: 160, height: 110 };

export interface IGraphProps {
  readonly page: RunPage;
  /** The task, or the instance (`train[2]`), that is chosen. */
  readonly selected: string | null;
  readonly onSelect: (key: string | null) => void;
}

export function Graph(props: IGraphProps): JSX.Element {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas({ page, selected, onSelect }: IGraphProps): JSX.Element {
  const faces = useFaces(page);
  const { folding, set: setFolded } = useFolding(page.flow);
  const shown = useMemo(() => withGroups(faces, folding), [faces, folding]);
  const board = useBoard(shown);
  const tasks = folding.tasks;
  const [direction, canvas] = useDirection(tasks);
  const places = useMemo(() => placesOf(tasks, direction, NODE_WIDTH, NODE_HEIGHT, folding.open), [tasks, direction, folding]);
  const [query, setQuery] = useState(noQuery);
  const [unfolded, setUnfolded] = useState<string | null>(null);
  const [here, setHere] = useState<{ id: string; takesFocus: boolean } | null>(null);
  const found = useSame(useMemo(() => matching(faces, query), [faces, query]));
  const matches = useMemo(() => (found ? drawnAs(found, folding) : null), [found, folding]);
  const longest = useSame(useMemo(() => (query.critical ? criticalPath(faces, Date.now()) : NONE), [faces, query.critical])) ?? NONE;
  const critical = useMemo(() => drawnAs(longest, folding), [longest, folding]);
  const task = selected === null ? null : selected.replace(/\[\d+\]$/, '');
  const chosen = task === null ? null : (folding.shown.get(task) ?? task);
  const reveal = useReveal(places);

  const latest = useRef({ onSelect, places, reveal, folding });
  latest.current = { onSelect, places, reveal, folding };
  const actions = useMemo<INodeActions>(() => ({
    select: key => latest.current.onSelect(key),
    unfold: setUnfolded,
    walk: (task, key) => {
      const next = step(latest.current.places.walk, task, key);
      latest.current.reveal(next);
      setHere({ id: next, takesFocus: true });
    },
    open: group => {
      setHere({ id: latest.current.folding.folded.get(group)?.[0] ?? group, takesFocus: true });
      setFolded(group, false);
    },
    foldAround: name => {
      const group = latest.current.folding.open.find(each => each.nodes.includes(name));
      if (group) {
        setHere({ id: group.name, takesFocus: true });
        setFolded(group.name, true);
      }
    }
  }), [setFolded]);
  const frames = useMemo(() => framed(places, group => {
    setHere({ id: group, takesFocus: true });
    setFolded(group, true);
  }), [places, setFolded]);

  const sight = useSight(places);
  const isLarge = places.spots.length > LARGE;
  const picture = useMemo<IPicture | null>(
    () => (isLarge ? { places, tasks, faces: shown, matches, critical, chosen } : null), [isLarge, places, tasks, shown, matches, critical, chosen]
  );
  const { screenToFlowPosition, getZoom } = useReactFlow();
  /** What is painted where somebody points. */
  const pointed = useCallback(({ clientX, clientY }: React.MouseEvent): string | null => {
    const at = screenToFlowPosition({ x: clientX, y: clientY });
    return isLarge ? (spotAt(places, at.x, at.y, NEAR / getZoom())?.id ?? null) : null;
  }, [screenToFlowPosition, getZoom, isLarge, places]);
  const onPane = useCallback((event: React.MouseEvent) => {
    const id = pointed(event);
    setUnfolded(null);
    if (id !== null && latest.current.folding.folded.has(id)) {
      actions.open(id);
    } else {
      latest.current.onSelect(id);
    }
  }, [pointed, actions]);
  const onPoint = useCallback((event: React.MouseEvent<HTMLElement>) => {
    const face = board.get(pointed(event) ?? '');
    event.currentTarget.title = face ? `${face.task.name}: ${taskSign(face.state).word}` : '';
  }, [board, pointed]);

  const cache = useRef<{ nodes: NodeCache; edges: Map<string, Edge> }>({ nodes: new Map(), edges: new Map() });
  const first = places.spots[0]?.id ?? null;
  const at = here?.id ?? chosen ?? first;
  const spots = useMemo(
    () => (isLarge ? places.spots.filter(({ id }) => id === at || id === chosen || sight?.has(id)) : places.spots), [isLarge, places, at, chosen, sight]
  );
  const nodes = useMemo(() => nodesOf(spots, {
    selected: chosen, unfolded, here: at, takesFocus: here?.takesFocus ?? false,
    critical, matches, direction, actions, groups: folding.folded
  }, cache.current.nodes), [spots, chosen, unfolded, here, at, critical, matches, direction, actions, folding]);
  const edges = useMemo(() => edgesOf(isLarge ? [] : tasks, chosen, critical, cache.current.edges), [isLarge, tasks, chosen, critical]);
  const happening = eventful(faces);
  const centre = chosen ?? (happening === null ? null : (folding.shown.get(happening) ?? happening));
  useFraming(places, centre);

  return (
    <div className="jp-Flow-graph">
      <GraphTools faces={faces} query={query} onQuery={setQuery} found={found} canTrace onReveal={id => {
        reveal(folding.shown.get(id) ?? id, true);
        onSelect(id);
      }} />
      <div className="jp-Flow-canvas" ref={canvas} role="group" aria-label={`graph of ${page.flow.name}: the arrow keys walk along its edges`}>
        <Board.Provider value={board}><Drawing nodes={nodes} frames={frames} edges={edges} picture={picture} isNear={sight !== null} minZoom={leastZoom(places)} centre={isLarge ? centre : null} onPane={onPane} onPoint={isLarge ? onPoint : undefined} /></Board.Provider>
      </div>
    </div>
  );
}

interface IDrawingProps {
  readonly nodes: (TaskNodeType | GroupNodeType)[];
  readonly frames: FrameNodeType[];
  readonly edges: Edge[];
  /** What is to be painted, of a large graph. */
  readonly picture: IPicture | null;
  readonly isNear: boolean;
  readonly minZoom: number;
  /** What is in sight when the graph is larger than its box. */
  readonly centre: string | null;
  readonly onPane: (event: React.MouseEvent) => void;
  readonly onPoint: ((event: React.MouseEvent<HTMLElement>) => void) | undefined;
}

const Drawing = memo(function Drawing({ nodes, frames, edges, picture, isNear, minZoom, centre, onPane, onPoint }: IDrawingProps) {
  const all = useMemo(() => [...frames, ...nodes], [frames, nodes]);
  return (
    <ReactFlow
      nodes={all}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      onlyRenderVisibleElements
      minZoom={minZoom}
      maxZoom={1.6}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      disableKeyboardA11y
      zoomOnDoubleClick={false}
      onPaneClick={onPane}
      onPaneMouseMove={onPoint as ((event: React.MouseEvent) => void) | undefined}
    >
      {picture ? <Sketch picture={picture} isNear={isNear} /> : null}
      {picture ? <Whole places={picture.places} centre={centre} /> : <Controls showInteractive={false} fitViewOptions={FIT} />}
      {picture ? <SketchMap picture={picture} /> : nodes.length >= MAP_FROM ? <MiniMap style={MAP} pannable zoomable ariaLabel="map of the whole graph" nodeComponent={MapNode} /> : null}
    </ReactFlow>
  );
});

/** The controls of a large graph: of what is not drawn box by box, React Flow does not know. */
function Whole({ places, centre }: { places: IPlaces; centre: string | null }): JSX.Element {
  const flow = useReactFlow();
  const store = useStoreApi();
  const fit = (): void => {
    const { width, height } = store.getState();
    void flow.setViewport(frame(places, { width, height }, centre));
  };
  return (
    <Controls showInteractive={false} showFitView={false}>
      <ControlButton onClick={fit} title="Fit View" aria-label="Fit View"><Icon name="whole" /></ControlButton>
    </Controls>
  );
}

/** The faces of all tasks, and of the groups that are folded. */
function withGroups(faces: Faces, { tasks, folded }: IFolding): Faces {
  if (!folded.size) {
    return faces;
  }
  const all = new Map(faces);
  for (const task of tasks) {
    const members = folded.get(task.name);
    if (members) {
      all.set(task.name, groupFaceOf(task, members.flatMap(each => faces.get(each) ?? [])));
    }
  }
  return all;
}

/** What `names`, of tasks, are drawn as. */
function drawnAs(names: ReadonlySet<string>, { shown }: IFolding): ReadonlySet<string> {
  return new Set([...names].map(each => shown.get(each) ?? each));
}

function framed(places: IPlaces, fold: (group: string) => void): FrameNodeType[] {
  return places.frames.map(({ id, x, y, width, height }) => ({
    // Below the lines too.
    id: `${id}/`, type: 'frame', position: { x, y }, data: { group: id, fold }, width, height, zIndex: -1
  }));
}

/** Where something happens: what failed, what runs; null when nothing does. */
function eventful(faces: Faces): string | null {
  const names = [...faces.keys()];
  const first = (state: string): string | undefined => names.find(name => faces.get(name)?.state === state);
  return first('failed') ?? first('running') ?? null;
}

/** Moves a task into sight: only if it is out of it, or (`centre`) in any case. */
function useReveal(places: ReturnType<typeof placesOf>): (id: string, centre?: boolean) => void {
  const flow = useReactFlow();
  const store = useStoreApi();
  return useCallback((id, centre = false) => {
    const spot = places.walk.spots.get(id);
    if (!spot) {
      return;
    }
    const { width, height, transform: [left, top, zoom] } = store.getState();
    const x = spot.x * zoom + left;
    const y = spot.y * zoom + top;
    const isSeen = x >= 0 && y >= 0 && x + NODE_WIDTH * zoom <= width && y + NODE_HEIGHT * zoom <= height;
    if (centre || !isSeen) {
      const near = Math.max(zoom, centre ? 0.8 : 0.5);
      const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
      void flow.setCenter(spot.x + NODE_WIDTH / 2, spot.y + NODE_HEIGHT / 2, { zoom: near, duration: still ? 0 : 200 });
    }
  }, [flow, store, places]);
}
