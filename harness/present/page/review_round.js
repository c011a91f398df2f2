/*
 * A round up to its truth. Until then nothing that is made here hangs on the answer: no text, attribute, class or id.
 */
function clockText(ms) {
    const seconds = Math.floor(ms / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

const TICK_MS = 500;

/* Counts into answer.ms while it is on the page and the page is seen. A tick that comes late was an interruption: a
 * machine that slept, say. */
function roundClock(answer, save) {
    const node = make('span', {role: 'timer', class: 'clock'}, clockText(answer.ms));
    let since = performance.now();
    let begun = false;
    const count = () => {
        const now = performance.now();
        answer.ms += Math.min(now - since, 2 * TICK_MS);
        since = now;
        node.textContent = clockText(answer.ms);
    };
    const stop = () => {
        clearInterval(ticker);
        document.removeEventListener('visibilitychange', seen);
    };
    const seen = () => {
        if (document.hidden) {
            count();
            save();
        }
        since = performance.now();
    };
    const ticker = setInterval(() => {
        begun = begun || node.isConnected;
        if (begun && !node.isConnected) {
            stop();
            save();
        } else if (!document.hidden) {
            count();
        }
    }, TICK_MS);
    document.addEventListener('visibilitychange', seen);
    return {node, count, stop};
}

function stagesView(current) {
    return make('ol', {class: 'stages', 'aria-label': 'Stages'}, REVIEW_STAGES.map(
        ([stage, word]) => make('li', {'aria-current': stage === current ? 'step' : null}, word)));
}

/* A button that a key presses, too; see pressShortcut(). */
function keyButton(key, text, press, attributes) {
    return make('button', {type: 'button', 'aria-keyshortcuts': key, click: press, ...attributes},
        text, ' ', make('kbd', {'aria-hidden': 'true'}, key));
}

function pressShortcut(event) {
    const target = !isField(event.target) && [...byId('main').querySelectorAll(
        '[aria-keyshortcuts]')].find((node) => node.checkVisibility()
        && node.getAttribute('aria-keyshortcuts') === event.key);
    if (target) {
        target.click();
    }
    return Boolean(target);
}

/* Numbers of the added lines of a round that shows a change. */
function roundAdds(round) {
    return round.form === 'diff' ? addedLines(unifiedEdits(round.diff, round.text, 'right'))
        : new Set();
}

function programView(round, answer) {
    const marks = new Map(answer.marked.map(
        (line) => [line, [{who: 'you', act: 'marked', defect: 'you'}]]));
    return make('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'program.c'},
        sourceView(round.text, marks, {label: 'program.c'}));
}

/* The program; of a round that shows a change, that, and the program after it at a press. */
function codeView(round, answer) {
    if (round.form !== 'diff') {
        return programView(round, answer);
    }
    const box = make('div', null);
    let whole = false;
    const toggle = keyButton('w', 'The whole program', () => {
        whole = !whole;
        fill();
    });
    const fill = () => {
        toggle.setAttribute('aria-pressed', whole);
        box.replaceChildren(whole ? programView(round, answer)
            : reviewDiff(round.diff, round.text, 'right', 'The change to program.c'));
    };
    fill();
    return make('div', null, make('p', null, toggle), box);
}

const PAGE_LINES = 10;

/* Lines to be marked: a list box in which several can be chosen. `changed` is called with each new choice. */
function lineChooser(round, answer, changed) {
    const added = roundAdds(round);
    const lines = codeLines(round.text);
    const texts = round.text.split('\n');
    const rows = lines.map((code, i) => make('li', {role: 'option', tabindex: i === 0 ? 0 : -1,
        class: added.has(i + 1) ? 'line added' : 'line',
        'aria-selected': String(answer.marked.includes(i + 1)),
        'aria-label': `line ${i + 1}${added.has(i + 1) ? ', added' : ''}: ${visible(
            texts[i].trim()) || 'blank'}`},
    make('span', {class: 'number'}, i + 1),
    make('span', {class: 'sign'}, added.has(i + 1) ? '+' : ''),
    make('code', null, code)));
    const toggle = (row) => {
        const line = rows.indexOf(row) + 1;
        const on = !answer.marked.includes(line);
        answer.marked = on ? [...answer.marked, line].sort((a, b) => a - b)
            : answer.marked.filter((other) => other !== line);
        row.setAttribute('aria-selected', on);
        changed();
    };
    const go = (row) => {
        for (const other of rows) {
            other.tabIndex = other === row ? 0 : -1;
        }
        row.focus();
    };
    const moves = {ArrowUp: -1, ArrowDown: 1, PageUp: -PAGE_LINES, PageDown: PAGE_LINES,
        Home: -Infinity, End: Infinity};
    const list = make('ol', {class: 'source chooser', role: 'listbox', 'aria-multiselectable': 'true',
        'aria-label': 'Lines of program.c: the space bar marks one',
        click: (event) => {
            const row = event.target.closest('[role="option"]');
            /* Text that is selected to be copied is not meant as a mark. */
            if (row && String(getSelection()) === '') {
                go(row);
                toggle(row);
            }
        },
        keydown: (event) => {
            const at = rows.indexOf(event.target);
            if (at >= 0 && event.key in moves && !event.ctrlKey && !event.altKey && !event.metaKey) {
                event.preventDefault();
                go(rows[Math.min(Math.max(at + moves[event.key], 0), rows.length - 1)]);
            } else if (at >= 0 && (event.key === ' ' || event.key === 'Enter')) {
                event.preventDefault();
                toggle(event.target);
            }
        }}, rows);
    return {node: make('div', {class: 'scroll'}, list), first: rows[0]};
}

/* Each stage: {question, help, controls, code, first}; `first` is what has the focus then. */
const STAGE_VIEWS = {
    verdict: (round, answer, act) => ({
        question: round.form === 'diff' ? 'Would you let this change in?'
            : 'Would you let this program in?',
        help: round.form === 'diff' ? 'The version before it is correct.'
            : 'Look at what its threads and processes do to each other.',
        controls: [keyButton('a', 'Accept', () => act(() => answerVerdict(round, answer,
            'accepted'))), keyButton('r', 'Reject', () => act(() => answerVerdict(round, answer,
            'rejected')))],
        code: codeView(round, answer),
    }),
    lines: (round, answer, act, kept) => {
        const word = () => `Done: ${plural(answer.marked.length, 'line')} marked`;
        const text = make('span', null, word());
        const chooser = lineChooser(round, answer, () => {
            text.textContent = word();
            kept();
        });
        return {
            question: 'Which lines take part in it?',
            help: 'Both sides of a race, every acquisition of locks in the wrong order, the calls that '
                + 'break a rule or never return. Click a line, or go there by the arrow keys and '
                + 'press the space bar.',
            controls: [keyButton('d', text, () => act(() => answerLines(round, answer)))],
            code: [round.form === 'diff' && folded('The change', () => reviewDiff(round.diff,
                round.text, 'right', 'The change to program.c')), chooser.node],
            first: chooser.first,
        };
    },
    class: (round, answer, act, kept, review) => ({
        question: 'What is it?',
        help: 'What you would call it in the review.',
        controls: review.classes.map(([defect, words], i) => keyButton(String(i + 1), words,
            () => act(() => answerClass(round, answer, defect)))),
        code: programView(round, answer),
    }),
    patch: (round, answer, act) => ({
        question: 'Which patch mends it?',
        help: 'One of them does, and nothing else. The others leave the bug somewhere, or take away '
            + 'what the program is for.',
        controls: [],
        code: round.options.map((option, i) => make('section', {class: 'patch',
            'aria-label': `Patch ${i + 1}`},
        make('p', null, keyButton(String(i + 1), `Take patch ${i + 1}`,
            () => act(() => answerPatch(round, answer, i)))),
        reviewDiff(option.diff, round.text, 'left', `Patch ${i + 1}`))),
    }),
};

/* The hints so far and the button for the next one. */
function hintsView(round, answer, kept) {
    const list = make('ol', {class: 'hints', 'aria-live': 'polite', 'aria-label': 'Hints'});
    const place = make('span', null);
    const fill = () => {
        const price = nextHintPrice(answer);
        list.replaceChildren(...round.hints.slice(0, answer.hints).map(
            (hint) => make('li', null, prose(hint))));
        list.hidden = answer.hints === 0;
        place.replaceChildren(price > 0 ? keyButton('h', `Hint for ${price} points`, () => {
            answer.hints++;
            kept();
            const focused = place.contains(document.activeElement);
            fill();
            if (focused) {
                (place.querySelector('button') || byId('detail-title')).focus();
            }
        }) : '');
    };
    fill();
    return {list, place};
}

/*
 * One round from the stage that it is at. `kept` is called after every answer, `finished` after the last one; `truth` gives
 * what is shown then.
 */
function roundView(review, round, answer, {kept, finished, truth}) {
    const box = make('div', {class: 'round'});
    const clock = answer.stage === 'truth' ? null : roundClock(answer, kept);
    const act = (answered) => {
        clock.count();
        answered();
        if (answer.stage === 'truth') {
            clock.stop();
            finished();
        }
        kept();
        show();
        scrollTo(0, 0);
        (box.querySelector('[data-first]') || byId('detail-title')).focus({preventScroll: true});
    };
    const show = () => {
        if (answer.stage === 'truth') {
            box.replaceChildren();
            append(box, [stagesView('truth'), truth()]);
            return;
        }
        const stage = STAGE_VIEWS[answer.stage](round, answer, act, kept, review);
        const hints = hintsView(round, answer, kept);
        if (stage.first) {
            stage.first.dataset.first = '';
        }
        box.replaceChildren();
        append(box, [
            stagesView(answer.stage),
            make('div', {class: 'question'},
                make('h3', {tabindex: -1, 'data-first': stage.first ? null : true}, stage.question),
                make('p', {class: 'quiet'}, stage.help),
                make('div', {class: 'controls'}, stage.controls, hints.place, clock.node),
                hints.list),
            stage.code,
        ]);
    };
    show();
    return box;
}
