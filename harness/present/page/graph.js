/*
 * Who waits for whom, from the explanation of a hang: threads are boxes, what they wait for is
 * oval. An edge leads from a thread to what it waits for, and from there to who stands in the way.
 */

/* These waits are for a thread or process itself, with no object between. */
const DIRECT_WAITS = new Set(['end of a thread', 'end of a child']);

/* What is waited for comes from the other end. */
const PIPE_WAITS = new Set(['data', 'room']);

function isWaiting(thread) {
    return thread.waits.for !== 'nothing';
}

function ownPlace(thread) {
    return thread.own_frame === null ? null : thread.stack[thread.own_frame];
}

function lineText(place) {
    return place && place.line > 0 ? `line ${place.line}` : '';
}

/*
 * Two threads wait for the same where kind, name and those in the way are the same: two processes
 * may each have a lock of one name, and a read-write lock keeps readers and writers waiting for
 * different threads. Where the name is only "a pipe", who waits for it tells it from others.
 */
function objectId(waits, thread) {
    const ways = waits.holders.map((holder) => [holder.thread, holder.process, holder.who]);
    const named = waits.object && !/^an? /.test(waits.object);
    return `object ${named ? waits.object : thread} ${JSON.stringify([waits.for, ways])}`;
}

function threadsOf(explanation, process) {
    return explanation.threads.map((thread, i) => i).filter(
        (i) => explanation.threads[i].process === process);
}

/* The thread that stands in the way, also where it is the only one of its process; or null. */
function holderThread(explanation, holder) {
    const threads = holder.process === null ? [] : threadsOf(explanation, holder.process);
    return holder.thread === null && threads.length === 1 ? threads[0] : holder.thread;
}

function holderName(explanation, holder) {
    const thread = holderThread(explanation, holder);
    if (thread !== null) {
        return explanation.threads[thread].label;
    }
    return holder.process === null ? holder.who || 'unknown'
        : `process of ${shortPath(explanation.processes[holder.process].program)}`;
}

function holderNode(graph, explanation, holder) {
    const thread = holderThread(explanation, holder);
    if (thread !== null) {
        return `thread ${thread}`;
    }
    const label = holderName(explanation, holder);
    const id = `other ${holder.process} ${label}`;
    if (!graph.nodes.has(id)) {
        graph.nodes.set(id, {id, kind: 'other', label, detail: ''});
        /* A process can do what is waited for only by one of its threads. */
        for (const own of holder.process === null ? []
            : threadsOf(explanation, holder.process)) {
            graph.edges.push({from: id, to: `thread ${own}`, label: 'its thread'});
        }
    }
    return id;
}

function holdingText(waits, holder) {
    const taken = lineText(holder.taken);
    if (holder.queued) {
        return 'next in the queue';
    }
    if (PIPE_WAITS.has(waits.for)) {
        return 'other end';
    }
    return taken ? `held by, ${taken}` : 'held by';
}

function addWait(graph, explanation, thread, index) {
    const waits = thread.waits;
    const from = `thread ${index}`;
    const direct = DIRECT_WAITS.has(waits.for) && waits.holders.length > 0;
    let object = null;
    if (!direct) {
        object = objectId(waits, index);
        graph.nodes.set(object, {
            id: object, kind: 'object', label: waits.object || waits.for,
            detail: waits.object ? waits.for : 'no name known',
        });
        graph.edges.push({from, to: object, label: 'waits for'});
    }
    for (const holder of waits.holders) {
        const to = holderNode(graph, explanation, holder);
        if (direct) {
            graph.edges.push({from, to, label: 'waits for its end'});
        } else if (!graph.edges.some((edge) => edge.from === object && edge.to === to)) {
            graph.edges.push({from: object, to, label: holdingText(waits, holder)});
        }
    }
}

function waitGraph(explanation) {
    const graph = {nodes: new Map(), edges: []};
    explanation.threads.forEach((thread, i) => {
        graph.nodes.set(`thread ${i}`, {
            id: `thread ${i}`, kind: 'thread', label: thread.label,
            detail: lineText(ownPlace(thread)), stuck: thread.stuck,
        });
    });
    explanation.threads.forEach((thread, i) => {
        if (isWaiting(thread)) {
            addWait(graph, explanation, thread, i);
        }
    });
    return graph;
}

/* Where the line from a node's centre to a point leaves the node. */
function border(node, to) {
    const dx = to.x - node.x;
    const dy = to.y - node.y;
    const w = NODE_WIDTH / 2 + 3;
    const h = NODE_HEIGHT / 2 + 3;
    const scale = node.kind === 'object'
        ? 1 / Math.hypot(dx / w, dy / h)
        : Math.min(w / Math.abs(dx || 1e-9), h / Math.abs(dy || 1e-9));
    return {x: node.x + dx * scale, y: node.y + dy * scale};
}

function edgeParts(graph, edge, cycle, arrow) {
    const from = graph.nodes.get(edge.from);
    const to = graph.nodes.get(edge.to);
    const at = cycle.indexOf(edge.from);
    const inCycle = at >= 0 && cycle[(at + 1) % cycle.length] === edge.to;
    /* Two edges between the same nodes bow apart. */
    const back = graph.edges.some((other) => other.from === edge.to && other.to === edge.from);
    const bow = back ? 60 : 0;
    const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const middle = {
        x: (from.x + to.x) / 2 - bow * (to.y - from.y) / length,
        y: (from.y + to.y) / 2 + bow * (to.x - from.x) / length,
    };
    const start = border(from, middle);
    const end = border(to, middle);
    const label = {x: (start.x + end.x + 2 * middle.x) / 4,
        y: (start.y + end.y + 2 * middle.y) / 4 - 6};
    const kind = inCycle ? 'edge cycle' : 'edge';
    let side = '';
    if (inCycle && cycle.length > 2) {
        /* Outside the ring, beside the line. */
        side = label.x > 0 ? ' behind' : ' before';
        label.x += 8 * Math.sign(label.x);
        label.y += label.y > -6 ? 18 : 0;
    }
    return [
        draw('path', {class: kind, 'marker-end': `url(#${arrow}${inCycle ? '-cycle' : ''})`,
            d: `M${start.x} ${start.y}Q${middle.x} ${middle.y} ${end.x} ${end.y}`}),
        draw('text', {class: kind + side, x: label.x, y: label.y}, edge.label),
    ];
}

function shortened(text, most) {
    return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function nodeParts(node, cycle) {
    const kind = `node ${node.kind}${cycle.includes(node.id) ? ' cycle' : ''}`;
    const shape = node.kind === 'object'
        ? draw('ellipse', {cx: node.x, cy: node.y, rx: NODE_WIDTH / 2, ry: NODE_HEIGHT / 2})
        : draw('rect', {x: node.x - NODE_WIDTH / 2, y: node.y - NODE_HEIGHT / 2,
            width: NODE_WIDTH, height: NODE_HEIGHT, rx: 4});
    return draw('g', {class: kind}, draw('title', null, node.label), shape,
        draw('text', {x: node.x, y: node.y + (node.detail ? -2 : 5)}, shortened(node.label, 18)),
        node.detail && draw('text', {class: 'detail', x: node.x, y: node.y + 15},
            shortened(node.detail, 22)));
}

function arrowHead(id, kind) {
    return draw('marker', {id, class: kind, viewBox: '0 0 10 10', refX: 9, refY: 5,
        markerWidth: 8, markerHeight: 8, orient: 'auto-start-reverse'},
        draw('path', {d: 'M0 1L9 5L0 9z'}));
}

/* One sentence a thread: the same as the drawing says. */
function waitSentence(explanation, thread) {
    const waits = thread.waits;
    const place = ownPlace(thread);
    const held = thread.holds.map((lock) => `\`${lock.object || 'an unnamed lock'}\``).join(', ');
    const ways = waits.holders.map((holder) => {
        const who = holderName(explanation, holder);
        const taken = lineText(holder.taken);
        return `${who}${holder.queued ? ', which only stands before it in the queue'
            : taken ? `, which took it at ${taken}` : ''}`;
    });
    return [
        `${thread.label}${held ? ` holds ${held} and` : ''} waits for ${waits.for}`,
        waits.object ? ` \`${waits.object}\`` : '',
        place ? ` at ${placeText(place)}` : '',
        ways.length > 0 ? `; in its way: ${ways.join('; ')}` : '',
        waits.predicate ? `; its condition is \`${waits.predicate}\`` : '',
        waits.values ? `, where ${waits.values}` : '',
        waits.history ? `; ${waits.history}` : '',
        waits.note ? ` (${waits.note})` : '',
    ].join('');
}

let graphs = 0;
function graphView(explanation) {
    const graph = waitGraph(explanation);
    const cycle = findCycle(graph);
    layOut(graph, cycle);
    const nodes = [...graph.nodes.values()];
    const left = Math.min(...nodes.map((node) => node.x)) - NODE_WIDTH / 2 - 12;
    const right = Math.max(...nodes.map((node) => node.x)) + NODE_WIDTH / 2 + 12;
    const bottom = Math.max(...nodes.map((node) => Math.abs(node.y))) + NODE_HEIGHT / 2 + 44;
    const id = `graph-${++graphs}`;
    const told = explanation.threads.filter(isWaiting);
    const svg = draw('svg', {role: 'img', 'aria-labelledby': `${id}-title`,
        viewBox: `${left} ${-bottom} ${right - left} ${2 * bottom}`,
        width: right - left, height: 2 * bottom},
        draw('title', {id: `${id}-title`}, cycle.length > 0
            ? `Wait-for graph with a cycle: ${[...cycle, cycle[0]].map(
                (node) => graph.nodes.get(node).label).join(', then ')}`
            : 'Wait-for graph without a cycle'),
        draw('defs', null, arrowHead(id, ''), arrowHead(`${id}-cycle`, 'cycle')),
        graph.edges.map((edge) => edgeParts(graph, edge, cycle, id)),
        nodes.map((node) => nodeParts(node, cycle)));
    return make('figure', {class: 'graph'},
        make('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Wait-for graph'},
            svg),
        make('figcaption', null,
            make('p', {class: 'quiet'}, 'Boxes are threads, ovals what they wait for.',
                cycle.length > 0 && ' The heavy line is the cycle that nobody can break.'),
            make('ul', {class: 'told'}, told.map(
                (thread) => make('li', null, prose(waitSentence(explanation, thread)))))));
}

/* `told` is a sentence that stands above and need not be said twice. */
function explanationView(explanation, told) {
    return make('div', {class: 'explanation'},
        explanation.trouble && make('p', null, explanation.trouble),
        make('ul', {class: 'sentences'}, explanation.sentences.filter(
            (sentence) => !told.includes(sentence)).map(
            (sentence) => make('li', null, prose(sentence)))),
        explanation.threads.some(isWaiting) && graphView(explanation),
        explanation.processes.filter((process) => process.note).map(
            (process) => make('p', {class: 'quiet'}, shortPath(process.program), ': ',
                process.note)),
        explanation.threads.length > 0 && folded(
            `Stacks of ${plural(explanation.threads.length, 'thread')}`,
            () => make('div', null, explanation.threads.map((thread) => [
                make('h5', null, thread.label), explainedStack(thread)]))));
}
