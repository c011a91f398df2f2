/* Where the nodes of a wait-for graph (graph.js) stand. */

/* The first cycle that a walk along the edges meets, as node ids in order; empty where none is. */
function findCycle(graph) {
    const done = new Set();
    const walk = (id, path) => {
        const at = path.indexOf(id);
        if (at >= 0) {
            return path.slice(at);
        }
        if (done.has(id)) {
            return [];
        }
        done.add(id);
        for (const edge of graph.edges) {
            const cycle = edge.from === id ? walk(edge.to, [...path, id]) : [];
            if (cycle.length > 0) {
                return cycle;
            }
        }
        return [];
    };
    for (const id of graph.nodes.keys()) {
        const cycle = walk(id, []);
        if (cycle.length > 0) {
            return cycle;
        }
    }
    return [];
}

const NODE_WIDTH = 140;
const NODE_HEIGHT = 48;
const COLUMN = 256;
const ROW = 84;

/* How many edges lead from each node to the core; nodes without a way there stand last. */
function distances(graph, core) {
    const far = new Map(core.map((id) => [id, 0]));
    const queue = [...core];
    while (queue.length > 0) {
        const id = queue.shift();
        for (const edge of graph.edges) {
            if (edge.to === id && !far.has(edge.from)) {
                far.set(edge.from, far.get(id) + 1);
                queue.push(edge.from);
            }
        }
    }
    const last = Math.max(...far.values()) + 1;
    for (const id of graph.nodes.keys()) {
        if (!far.has(id)) {
            far.set(id, last);
        }
    }
    return far;
}

/* A cycle stands in a ring at the right, the rest in columns to its left by distance. */
function layOut(graph, cycle) {
    const sinks = [...graph.nodes.keys()].filter(
        (id) => !graph.edges.some((edge) => edge.from === id));
    const core = cycle.length > 0 ? cycle : sinks;
    const radius = cycle.length > 0 ? {x: Math.max(140, cycle.length * 37),
        y: cycle.length > 2 ? Math.max(112, cycle.length * 28) : 0} : {x: 0, y: 0};
    cycle.forEach((id, i) => {
        const angle = Math.PI * (1 + 2 * i / cycle.length);
        Object.assign(graph.nodes.get(id),
            {x: radius.x * Math.cos(angle), y: radius.y * Math.sin(angle)});
    });
    const columns = new Map();
    for (const [id, distance] of distances(graph, core)) {
        if (!cycle.includes(id)) {
            columns.set(distance, [...(columns.get(distance) || []), id]);
        }
    }
    for (const [distance, ids] of columns) {
        ids.forEach((id, i) => Object.assign(graph.nodes.get(id), {
            x: -radius.x - distance * COLUMN,
            y: (i - (ids.length - 1) / 2) * ROW,
        }));
    }
}
