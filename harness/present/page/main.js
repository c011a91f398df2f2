/* Shows what the address asks for, and listens to keys. */

const KEYS = [
    ['/', 'search'],
    ['Arrows, Home, End, Page Up, Page Down', 'move in the overview'],
    ['Enter', 'open'],
    ['Escape', 'back to the overview'],
    ['n, p', 'next and previous, where one is open'],
    ['?', 'these keys'],
];

const data = JSON.parse(byId('data').textContent);
/* The views of each kind of page by their names in the address; the first is where it begins. */
const VIEWS = {
    run: {'': ['Pairs', runView], ...(data.review && {review: ['Review', reviewView]})},
    check: {'': ['Bugs', checkView]},
    exploration: {'': ['Search', explorationView]},
}[data.kind];
const made = {}; /* views that were shown */
let view = null;
let openedHere = false; /* the overview is one step back in the history */

function shownItems(state) {
    return view.items.filter((item) => view.matches(item, state));
}

/* What had the focus may have been made anew; its key finds it. */
function focusKey(key) {
    const link = key && byId('main').querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (link) {
        link.focus();
    }
    return Boolean(link);
}

function tellCount(items) {
    const [one, many] = view.noun;
    byId('count').textContent = items.length === view.items.length
        ? plural(items.length, one, many)
        : `${items.length} of ${plural(view.items.length, one, many)}`;
}

function showOverview(state) {
    const items = shownItems(state);
    byId('detail').hidden = true;
    byId('detail').replaceChildren();
    byId('overview').replaceChildren();
    append(byId('overview'), [
        items.length > 0 ? view.overview(items, state) : make('p', {class: 'quiet'},
            view.items.length > 0 ? 'Nothing matches these filters.' : view.nothing),
        view.after && view.after(),
    ]);
    byId('overview').hidden = false;
    if (view.filters) {
        byId('filters').hidden = false;
        byId('count').hidden = false;
        if (byId('filters').childElementCount === 0) {
            fillFilters(byId('filters'), view.filters, !view.silent, state, filterChanged);
        }
        setFilters(byId('filters'), state);
        tellCount(items);
    }
}

function neighbour(item, step, state) {
    const items = shownItems(state);
    const at = items.indexOf(item);
    return at < 0 ? null : items[at + step];
}

function stepLink(item, step, state, word, key) {
    const other = neighbour(item, step, state);
    return other && make('a', {href: linkTo({show: view.id(other), cell: state.cell}),
        id: `step-${word}`, 'aria-keyshortcuts': key}, word);
}

function showDetail(item, state) {
    byId('overview').hidden = true;
    byId('filters').hidden = true;
    byId('count').hidden = true;
    if (view.silent) {
        byId('filters').replaceChildren();
        byId('overview').replaceChildren();
    }
    byId('detail').replaceChildren();
    append(byId('detail'), [
        make('nav', {'aria-label': 'Back, previous, next'},
            make('a', {href: linkTo({}), click: (event) => {
                event.preventDefault();
                closeDetail();
            }}, `All ${view.noun[1]}`),
            stepLink(item, -1, state, 'previous', 'p'), stepLink(item, 1, state, 'next', 'n')),
        make('h2', {id: 'detail-title', tabindex: -1}, view.title(item, state)),
        view.detail(item, state),
    ]);
    byId('detail').hidden = false;
}

let shown = {};

/* Goes over to the view that the address asks for. */
function chooseView(state) {
    const name = VIEWS[state.view] ? state.view : '';
    made[name] = made[name] || VIEWS[name][1](data);
    if (view === made[name]) {
        return;
    }
    view = made[name];
    shown = {ready: shown.ready};
    byId('summary').replaceChildren();
    append(byId('summary'), [view.summary()]);
    byId('notice').replaceChildren(...(view.notice ? [view.notice] : []));
    byId('filters').replaceChildren();
    byId('filters').hidden = true;
    byId('count').hidden = true;
    byId('views').hidden = Object.keys(VIEWS).length === 1;
    byId('views').replaceChildren(...Object.entries(VIEWS).map(([other, [word]]) => make('a',
        {href: hashOf({view: other}), 'aria-current': other === name ? 'page' : null}, word)));
}

function render() {
    const state = readState();
    chooseView(state);
    const focused = document.activeElement && document.activeElement.dataset.key;
    const item = state.show && view.items.find((other) => view.id(other) === state.show);
    if (item) {
        showDetail(item, state);
        if (shown.show !== state.show || !focusKey(focused)) {
            byId('detail-title').focus({preventScroll: shown.show === state.show});
        }
    } else {
        showOverview(state);
        if (shown.show) {
            /* The cell it was opened from, or the pair where that was another one. */
            focusKey(`${shown.show} ${shown.cell || ''}`) || focusKey(`${shown.show} `);
        }
    }
    if (item && shown.show !== state.show) {
        openedHere = Boolean(shown.ready && !shown.show);
        scrollTo(0, 0);
    }
    shown = {show: item ? state.show : null, ready: true,
        cell: item && shown.show === state.show ? shown.cell : state.cell};
}

function closeDetail() {
    if (openedHere) {
        history.back();
    } else {
        location.hash = linkTo({});
    }
}

function filterChanged(state, reset) {
    replaceState({view: readState().view, ...state});
    showOverview(readState());
    if (reset) {
        byId('filters').querySelector('input, select').focus();
    }
}

function showKeys() {
    const dialog = byId('keys');
    dialog.replaceChildren(make('h2', {id: 'keys-title'}, 'Keys'),
        make('dl', {class: 'keys'}, (view.keys || KEYS).map(([key, what]) => [
            make('dt', null, make('kbd', null, key)), make('dd', null, what)])),
        make('form', {method: 'dialog'}, make('button', null, 'Close')));
    dialog.showModal();
}

function search() {
    if (shown.show) {
        shown = {ready: true};
        location.hash = linkTo({});
        render();
    }
    byId('filter-q').focus();
    byId('filter-q').select();
}

const isField = (node) => /^(INPUT|SELECT|TEXTAREA)$/.test(node.tagName);

function keyPressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || byId('keys').open) {
        return;
    }
    const field = isField(event.target) && !/^(checkbox|range)$/.test(event.target.type);
    const follow = (id) => () => byId(id) && byId(id).click();
    const actions = {'?': showKeys, n: follow('step-next'), p: follow('step-previous')};
    if (view.filters && !view.silent) {
        actions['/'] = search;
    }
    if (event.key === 'Escape' && shown.show) {
        event.preventDefault();
        closeDetail();
    } else if (event.key === 'Escape' && event.target.id === 'filter-q') {
        focusKey((byId('main').querySelector('[data-key]') || {dataset: {}}).dataset.key);
    } else if (!field && actions[event.key]) {
        event.preventDefault();
        actions[event.key]();
    } else if (!event.defaultPrevented && view.pressed && view.pressed(event)) {
        event.preventDefault();
    }
}

function start() {
    byId('main').hidden = false;
    byId('help').hidden = false;
    byId('skip').hidden = false;
    byId('help').addEventListener('click', showKeys);
    byId('skip').addEventListener('click', () => byId('main').focus());
    addEventListener('hashchange', render);
    document.addEventListener('keydown', keyPressed);
    render();
}

start();
