/* The view of the rounds: which there are, how far the trainee is, and one of them at a time. */

function roundState(answer) {
    if (answer.stage === 'truth') {
        return 'done';
    }
    return answer.stage === 'verdict' && answer.hints === 0 ? 'open' : 'under way';
}

function roundRow(review, store, number) {
    const round = review.rounds[number - 1];
    const answer = store.answers[number - 1];
    const done = answer.stage === 'truth';
    const form = round.form === 'diff' ? 'a change' : 'a program';
    const points = done ? answerMarks(round, answer).points : null;
    return make('tr', {'data-row': true, role: 'row'},
        make('th', {scope: 'row', role: 'rowheader'}, gridLink({show: String(number)}, null,
            `Round ${number}`), make('span', {class: 'about'}, ` ${form}`)),
        make('td', {role: 'gridcell'}, roundState(answer)),
        make('td', {role: 'gridcell'}, done ? `${points} points` : ''),
        make('td', {role: 'gridcell'}, done ? clockText(answer.ms) : ''),
        make('td', {role: 'gridcell'}, done ? pairLink(round.pair, round.change || round.pair) : ''));
}

function roundTable(review, store, numbers) {
    return equipGrid(make('table', {class: 'matrix rounds', role: 'grid', 'aria-label': 'Rounds'},
        make('thead', null, make('tr', null, ['round', 'state', 'points', 'time', 'it was'].map(
            (head) => make('th', {scope: 'col'}, head)))),
        make('tbody', null, numbers.map((number) => roundRow(review, store, number)))));
}

function progressText(review, store) {
    const done = review.rounds.map((round, i) => [round, store.answers[i]]).filter(
        ([, answer]) => answer.stage === 'truth');
    const points = done.reduce((sum, [round, answer]) => sum + answerMarks(round, answer).points, 0);
    const ms = done.reduce((sum, [, answer]) => sum + answer.ms, 0);
    return `${done.length} of ${plural(review.rounds.length, 'round')} done`
        + (done.length > 0 ? `: ${points} of ${100 * done.length} points in ${clockText(ms)}` : '')
        + '.';
}

/* The first of these that is not done; undefined where all are. */
function nextOpen(store, numbers) {
    return numbers.find((number) => store.answers[number - 1].stage !== 'truth');
}

/* Asks first: what is gone is gone. `over` is called when something was reset. */
function resetDialog(store, over) {
    const reset = (what) => () => {
        what();
        dialog.close();
        over();
    };
    const dialog = make('dialog', {id: 'review-reset', 'aria-labelledby': 'review-reset-title',
        close: () => dialog.remove()},
    make('h2', {id: 'review-reset-title'}, 'Reset'),
    make('p', null, 'Begin these rounds anew, or also forget every round that this browser '
        + 'remembers?'),
    make('p', {class: 'controls'},
        make('button', {type: 'button', id: 'reset-rounds', click: reset(store.restart)},
            'These rounds'),
        make('button', {type: 'button', id: 'reset-all', click: reset(store.clear)}, 'Everything'),
        make('button', {type: 'button', click: () => dialog.close()}, 'Nothing')));
    document.body.append(dialog);
    dialog.showModal();
}

function reviewOverview(data, store, numbers, again) {
    const review = data.review;
    const open = nextOpen(store, numbers);
    const done = numbers.filter((number) => store.answers[number - 1].stage === 'truth');
    return make('div', null,
        make('p', null, 'Read a program, or a change to a correct one, as a reviewer: accept or '
            + 'reject it, mark the lines that take part in the bug, name it and choose the patch '
            + 'that mends it. About a third of them have none. A hint costs points; nothing is '
            + 'locked.'),
        make('p', {class: 'quiet'}, 'These are the rounds of ', make('code', null,
            `racelab review --seed ${review.seed} --rounds ${review.asked}`),
        ' over the pairs of this page, with what was recorded when it was made.'),
        make('p', {id: 'progress', role: 'status'}, progressText(review, store)),
        make('p', {class: 'controls'},
            open && make('a', {class: 'button', href: linkTo({show: String(open)}), id: 'review-go',
                'aria-keyshortcuts': 'g'}, done.length > 0 ? 'Go on with ' : 'Begin with ',
            `round ${open} `, make('kbd', {'aria-hidden': 'true'}, 'g')),
            make('button', {type: 'button', id: 'review-reset-button',
                click: () => resetDialog(store, again)}, 'Reset…')),
        roundTable(review, store, numbers),
        summaryView(data, store.history));
}

function recordOfRound(review, round, answer) {
    const marks = answerMarks(round, answer);
    return {at: Date.now(), seed: review.seed, pair: round.pair, change: round.change,
        form: round.form, guilty: marks.guilty, right: marks.right, mended: marks.mended,
        points: marks.points,
        hints: answer.hints, ms: Math.round(answer.ms)};
}

function nextLink(store, numbers, number) {
    const at = numbers.indexOf(number);
    const open = nextOpen(store, [...numbers.slice(at + 1), ...numbers.slice(0, at)]);
    return open === undefined
        ? make('a', {class: 'button', href: linkTo({}), 'aria-keyshortcuts': 'g'},
            'All are done: the summary ', make('kbd', {'aria-hidden': 'true'}, 'g'))
        : make('a', {class: 'button', href: linkTo({show: String(open)}),
            'aria-keyshortcuts': 'g'}, `On to round ${open} `,
        make('kbd', {'aria-hidden': 'true'}, 'g'));
}

const REVIEW_KEYS = [
    ['g', 'begin, go on, or on to the next round'],
    ['a, r', 'accept, reject'],
    ['w', 'the change, or the whole program'],
    ['Arrows, Page Up, Page Down, Home, End', 'move among the lines'],
    ['Space', 'mark the line, or unmark it'],
    ['d', 'done with the lines'],
    ['1, 2, ...', 'choose what it is, and the patch'],
    ['h', 'the next hint'],
    ['n, p', 'next and previous round'],
    ['Escape', 'back to all rounds'],
    ['?', 'these keys'],
];

/* What main.js shows of the rounds of a run. */
function reviewView(data) {
    const review = data.review;
    const all = range(1, review.rounds.length);
    const trouble = [];
    const notice = make('p', {class: 'trouble', role: 'alert'});
    /* The store may speak before the notice is on the page, where it would not be read out. */
    const store = reviewStore(review.rounds, (sentence) => {
        trouble.push(sentence);
        requestAnimationFrame(() => notice.replaceChildren(trouble.join(' ')));
    });
    const familyOf = (number) => review.rounds[number - 1].pair.split('/')[0];
    const matching = (state) => all.filter(
        (number) => !state.family || familyOf(number) === state.family);
    return {
        items: all,
        noun: ['round', 'rounds'],
        id: String,
        summary: () => ['Review: ', plural(all.length, 'round')],
        filters: [{name: 'family', label: 'Family',
            options: options(distinct(data.pairs.map((pair) => pair.family)))}],
        silent: true,
        notice,
        nothing: 'There are no rounds.',
        matches: (number, state) => !state.family || familyOf(number) === state.family,
        overview: (numbers) => reviewOverview(data, store, numbers, again),
        title: (number) => `Round ${number} of ${all.length}`,
        detail: (number, state) => {
            const round = review.rounds[number - 1];
            const answer = store.answers[number - 1];
            return roundView(review, round, answer, {
                kept: () => store.save(number - 1),
                finished: () => store.append(recordOfRound(review, round, answer)),
                truth: () => truthView(data, round, answer,
                    nextLink(store, matching(state), number)),
            });
        },
        keys: REVIEW_KEYS,
        pressed: pressShortcut,
    };

    function again() {
        render();
        byId('review-reset-button').focus();
    }
}
