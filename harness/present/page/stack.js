/* Call stacks: the program's own frames are shown, runs of foreign ones folded. */

function frameItem(frame) {
    return make('li', {class: frame.foreign ? 'frame foreign' : 'frame'},
        make('code', null, frame.function || 'unknown function'), ' ',
        make('span', {class: 'place'}, placeText(frame)));
}

function frameRuns(frames) {
    const runs = [];
    for (const frame of frames) {
        const foreign = Boolean(frame.foreign);
        if (runs.length === 0 || runs[runs.length - 1].foreign !== foreign) {
            runs.push({foreign, frames: []});
        }
        runs[runs.length - 1].frames.push(frame);
    }
    return runs;
}

function stackView(frames) {
    if (!frames || frames.length === 0) {
        return make('p', {class: 'quiet'}, 'no stack');
    }
    return make('ol', {class: 'stack'}, frameRuns(frames).map((run) => (run.foreign
        ? make('li', {class: 'folded'}, folded(
            plural(run.frames.length, 'frame of a library or the tool',
                'frames of libraries or the tool'),
            () => make('ol', {class: 'stack'}, run.frames.map(frameItem))))
        : run.frames.map(frameItem))));
}

/* The stacks of an explanation tell by an index alone which frame is the program's own. */
function explainedStack(thread) {
    const own = thread.own_frame;
    const frames = thread.stack.map((frame, i) => (
        {...frame, foreign: own === null || i < own || !frame.file}));
    return [stackView(frames),
        thread.stack_note && make('p', {class: 'quiet'}, thread.stack_note)];
}
