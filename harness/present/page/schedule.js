/*
 * One schedule, step by step: a table of threads by steps, the source beside it with the line of
 * each thread, and what each thread holds and waits for at the step that is shown.
 */

function stepText(step) {
    return [step.operation, step.object && ` ${step.object}`, step.failed && ' without success',
        step.late && ' when its time is over'].filter(Boolean).join('');
}

function stepPlace(place) {
    return place && place.line > 0 ? `${shortPath(place.file)}:${place.line}`
        : place && place.module ? `in ${shortPath(place.module)}` : '';
}

function threadLabel(schedule, thread) {
    return schedule.threads[thread] ? schedule.threads[thread].label : 'a thread';
}

/* Threads that do nothing of it have no column. */
function columnsOfSchedule(schedule) {
    return schedule.threads.map((thread, i) => i).filter((i) => schedule.threads[i].waits
        || schedule.steps.some((step) => step.thread === i));
}

/* The locks that each thread holds after step `at` (0-based), in the order of their taking. */
function heldAt(schedule, at) {
    const held = schedule.threads.map(() => []);
    for (const step of schedule.steps.slice(0, at + 1)) {
        const locks = held[step.thread] || [];
        const given = step.gives ? locks.lastIndexOf(step.gives) : -1;
        if (given >= 0) {
            locks.splice(given, 1);
        }
        if (step.takes) {
            locks.push(step.takes);
        }
    }
    return held;
}

/* The thread's step at or before `at`, and its next one; undefined where there is none. */
function stepsAround(schedule, thread, at) {
    const own = (step) => step.thread === thread;
    return {last: schedule.steps.slice(0, at + 1).reverse().find(own),
        next: schedule.steps.slice(at + 1).find(own)};
}

/* The label of who has the lock that the thread takes next; null: nobody has, or it takes none. */
function inTheWay(schedule, held, thread, next) {
    const holder = next && next.takes
        ? held.findIndex((locks, i) => i !== thread && locks.includes(next.takes)) : -1;
    return holder < 0 ? null : threadLabel(schedule, holder);
}

/* The last place of the thread that has a line: the end of a program, say, has none. */
function placeAt(schedule, thread, at) {
    const step = schedule.steps.slice(0, at + 1).reverse().find((other) => other.thread === thread
        && other.place && other.place.line > 0);
    return step && step.place;
}

/* Where a thread stands after a step: {place, holds, next}. */
function standing(schedule, thread, at, held) {
    const {last, next} = stepsAround(schedule, thread, at);
    const about = schedule.threads[thread];
    const holder = inTheWay(schedule, held, thread, next);
    let coming = next && `next: ${stepText(next)}`;
    if (next && holder) {
        coming = `next: ${stepText(next)}, which ${holder} holds`;
    } else if (!next && about.waits) {
        coming = `waits: ${about.waits}`;
    } else if (!next && about.ended) {
        coming = 'has no more steps; it ends';
    } else if (!next) {
        coming = 'has no more steps';
    }
    const stuck = !next && about.waits;
    return {place: stuck && about.waits_at ? about.waits_at : placeAt(schedule, thread, at),
        holds: held[thread] || [], coming, last, waits: Boolean(stuck)};
}

function standingsView(schedule, columns, at) {
    const held = heldAt(schedule, at);
    return columns.map((thread) => {
        const now = standing(schedule, thread, at, held);
        return make('tr', {class: now.waits ? 'waits' : null},
            make('th', {scope: 'row'}, threadLabel(schedule, thread)),
            make('td', null, now.last ? stepPlace(now.place) || 'at an unknown place'
                : 'not yet there'),
            make('td', null, now.holds.length > 0
                ? now.holds.map((lock, i) => [i > 0 && ', ', prose(lock)]) : 'none'),
            make('td', null, prose(now.coming)));
    });
}

/* The row of one step. The cell of the thread before tells a preemption. */
function stepRow(schedule, columns, index, choose) {
    const step = schedule.steps[index];
    const before = index > 0 && step.preempted ? schedule.steps[index - 1].thread : -1;
    const again = step.again && (step.again.rows === 1 ? `… ${step.again.times} times more`
        : `… these ${step.again.rows} steps ${step.again.times} times more`);
    const cell = (thread) => {
        if (thread === before) {
            return make('td', {class: 'preempted'},
                make('span', {'aria-hidden': 'true'}, '↷ '), 'preempted: it could have gone on');
        }
        return make('td', null, thread === step.thread && [
            make('button', {type: 'button', class: 'go', tabindex: -1, click: () => choose(index)},
                prose(stepText(step)), step.fatal && ' – fails here'),
            step.source && make('code', null, step.source),
            make('span', {class: 'place'}, stepPlace(step.place)),
            again && make('span', {class: 'quiet'}, again)]);
    };
    return make('tr', {class: step.fatal ? 'fatal' : null},
        make('th', {scope: 'row'}, step.fatal && make('span', {'aria-hidden': 'true'}, '✗ '),
            index + 1), columns.map(cell));
}

function scheduleTable(schedule, columns, choose) {
    const rows = schedule.steps.map((step, i) => stepRow(schedule, columns, i, choose));
    const table = make('table', {class: 'schedule'},
        make('thead', null, make('tr', null, make('th', {scope: 'col'}, 'step'),
            columns.map((thread) => make('th', {scope: 'col'}, threadLabel(schedule, thread),
                schedule.threads[thread].function && [' ', make('code', {class: 'quiet'},
                    schedule.threads[thread].function)])))),
        make('tbody', null, rows));
    return {table, rows};
}

/* Scrolls the box, and nothing around it, so that the row is in its middle. Later, as the box may
 * not be on the page yet. */
function reveal(box, row) {
    requestAnimationFrame(() => {
        if (row && row.isConnected) {
            const [outer, inner] = [box, row].map((node) => node.getBoundingClientRect());
            box.scrollTop += inner.top - outer.top - (box.clientHeight - inner.height) / 2;
        }
    });
}

/* The files of the schedule, each made once; marks move from line to line. */
function sourcePanel(schedule, sources) {
    const box = make('div', {class: 'scroll steps', tabindex: 0, role: 'region',
        'aria-label': 'Source'});
    const title = make('h4', null);
    const files = new Map();
    const fileView = (file) => {
        if (!files.has(file)) {
            files.set(file, sourceView(sources[file], new Map(), {label: file}));
        }
        return files.get(file);
    };
    const mark = (list, line, label, current) => {
        const row = list.querySelector(`li[value="${line}"]`);
        if (row) {
            row.classList.add('marked', ...(current ? ['current'] : []));
            const marks = row.querySelector('.marks') || make('span', {class: 'marks'});
            marks.append(make('span', {class: current ? 'mark crash' : 'mark'}, label));
            row.append(marks);
        }
        return row;
    };
    const show = (at, places) => {
        const file = places[at] && places[at].file;
        const known = file && sources[file] !== undefined;
        title.replaceChildren(visible(file ? shortPath(file) : 'No source'));
        if (!known) {
            box.replaceChildren(make('p', {class: 'quiet'},
                'The source of this step is not at hand.'));
            return;
        }
        const list = fileView(file);
        for (const old of list.querySelectorAll('.marks')) {
            old.parentElement.classList.remove('marked', 'current');
            old.remove();
        }
        box.replaceChildren(list);
        places.forEach((place, thread) => {
            if (thread !== at && place && place.file === file) {
                mark(list, place.line, threadLabel(schedule, thread), false);
            }
        });
        const row = mark(list, places[at].line, threadLabel(schedule, at), true);
        reveal(box, row);
    };
    return {node: make('div', {class: 'beside'}, title, box), show};
}

/* What is said of a step, in one sentence. */
function stepSentence(schedule, index) {
    const step = schedule.steps[index];
    const place = stepPlace(step.place);
    const before = index > 0 && step.preempted && `; ${threadLabel(schedule,
        schedule.steps[index - 1].thread)} is preempted, it could have gone on`;
    const waits = index + 1 === schedule.steps.length ? schedule.threads.filter(
        (thread) => thread.waits).map((thread) => `; ${thread.label} waits: ${thread.waits}`) : [];
    return [`Step ${index + 1} of ${schedule.steps.length}: `,
        threadLabel(schedule, step.thread), place && `, ${place}`, ': ', stepText(step), before,
        step.fatal && '; the run fails here', ...waits].filter(Boolean).join('');
}

const STEP_KEYS = {ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity};

/* All of it. `sources`: text by path. The element listens to the arrow keys while the focus is in
 * it; its property `stepBy` moves it from elsewhere. */
function scheduleView(schedule, sources) {
    const steps = schedule.steps;
    if (steps.length === 0) {
        return make('p', {class: 'quiet'}, 'The steps of this schedule were not kept.');
    }
    const columns = columnsOfSchedule(schedule);
    let at = 0;
    const said = make('p', {class: 'now', 'aria-live': 'polite', 'aria-atomic': 'true'});
    const standings = make('tbody', null);
    const source = sourcePanel(schedule, sources);
    const slider = make('input', {type: 'range', min: 1, max: steps.length, value: 1,
        'aria-label': 'Step', input: () => show(Number(slider.value) - 1)});
    const {table, rows} = scheduleTable(schedule, columns, (index) => show(index));
    const scroller = make('div', {class: 'scroll steps', tabindex: 0, role: 'region',
        'aria-label': 'Steps, threads side by side'}, table);
    const button = (word, step) => make('button', {type: 'button', click: () => stepBy(step)},
        word);
    const buttons = [button('First', -Infinity), button('Back', -1), button('Forward', 1),
        button('Last', Infinity)];

    function show(index) {
        rows[at].classList.remove('current');
        rows[at].removeAttribute('aria-current');
        at = index;
        rows[at].classList.add('current');
        rows[at].setAttribute('aria-current', 'step');
        reveal(scroller, rows[at]);
        slider.value = at + 1;
        slider.setAttribute('aria-valuetext', `step ${at + 1} of ${steps.length}`);
        /* Not `disabled`: that would take the focus from the button that was pressed. */
        buttons.forEach((node, i) => node.setAttribute('aria-disabled',
            i < 2 ? at === 0 : at === steps.length - 1));
        said.replaceChildren(...prose(stepSentence(schedule, at)).map(
            (part) => (part instanceof Node ? part : visible(part))));
        standings.replaceChildren(...standingsView(schedule, columns, at));
        const held = heldAt(schedule, at);
        const places = schedule.threads.map((thread, i) => standing(schedule, i, at, held).place);
        places[steps[at].thread] = placeAt(schedule, steps[at].thread, at);
        source.show(steps[at].thread, places);
    }
    function stepBy(step) {
        show(Math.min(Math.max(at + step, 0), steps.length - 1));
    }
    const view = make('div', {class: 'stepper', keydown: (event) => {
        /* A region that scrolls, and the slider, have their own use for these keys. */
        if (event.key in STEP_KEYS && event.target !== slider && !event.ctrlKey && !event.altKey
            && !event.metaKey && !event.target.classList.contains('scroll')) {
            event.preventDefault();
            stepBy(STEP_KEYS[event.key]);
        }
    }}, make('div', {class: 'controls', role: 'group', 'aria-label': 'Go through the steps'},
        buttons.slice(0, 3), slider, buttons[3]), said,
    make('div', {class: columns.length > 2 ? 'split uneven' : 'split'},
        make('div', null, scroller, make('div', {class: 'scroll'},
            make('table', {class: 'verdicts standings'},
                make('thead', null, make('tr', null, ['thread', 'where', 'holds', 'and then'].map(
                    (head) => make('th', {scope: 'col'}, head)))), standings))),
        source.node));
    view.stepBy = stepBy;
    /* Where it fails is what one came for; a deadlock is at the end. */
    const fatal = steps.findIndex((step) => step.fatal);
    show(fatal < 0 ? steps.length - 1 : fatal);
    return view;
}
