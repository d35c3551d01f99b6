"""Group commit: who shares a flush, who is told what when something fails."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.store.errors import InvalidValue, StoreBroken, StoreBusy, StoreError, StoreUnavailable
from api.store.group_commit import MOST_TOGETHER, MOST_WAITING, GroupWriter, RetryAlone


class Disk:
    """What connections share: what was committed, and what is to go wrong."""

    def __init__(self):
        self.commits, self.log, self.opened = [], [], 0
        self.at_commit = []
        self.ready, self.begun = threading.Event(), threading.Event()
        self.ready.set()

    def connect(self):
        self.opened += 1
        return Connection(self)


class DiskFailure(Exception):
    """Of the connection below."""


class Connection:
    """A connection that keeps what it is told in a list."""

    def __init__(self, disk):
        self.disk, self.rows, self.mark = disk, [], 0

    def begin(self):
        self.disk.begun.set()
        self.disk.ready.wait()
        self.rows = []
        return self.rows

    def savepoint(self):
        self.mark = len(self.rows)

    def keep(self):
        pass

    def undo(self):
        del self.rows[self.mark :]

    def commit(self):
        if self.disk.at_commit:
            raise self.disk.at_commit.pop(0)
        self.disk.commits.append(list(self.rows))

    def rollback(self):
        self.disk.log.append("rollback")

    def translate_failure(self, exception, committing):
        if isinstance(exception, DiskFailure):
            return StoreBroken("store", "flush", "") if committing else StoreUnavailable("store", "disk", "")
        return exception if isinstance(exception, RetryAlone) else None

    def close(self):
        self.disk.log.append("close")


@pytest.fixture
def disk():
    return Disk()


@pytest.fixture
def writer(disk):
    made = GroupWriter(disk.connect, "test-writer")
    yield made
    disk.ready.set()
    made.close()


def held_up(writer, disk, pool):
    """A first change that waits for the disk, so that what is sent after it waits too; its future."""
    disk.ready.clear()
    disk.begun.clear()
    first = pool.submit(writer.write, lambda rows: rows.append("first"))
    disk.begun.wait()
    return first


def waiting(writer, disk, jobs):
    """Send jobs while the disk is held up, so that they wait together; their futures."""
    pool = ThreadPoolExecutor(len(jobs) + 1)
    first = held_up(writer, disk, pool)
    futures = []
    for number, job in enumerate(jobs, start=1):
        futures.append(pool.submit(writer.write, *job))
        while writer._waiting.qsize() < number:
            pass
    disk.ready.set()
    first.result()
    return futures


def test_what_waits_together_shares_one_flush(writer, disk):
    jobs = [(lambda rows, item=number: rows.append(item),) for number in range(10)]
    for future in waiting(writer, disk, jobs):
        future.result()
    assert disk.commits == [["first"], list(range(10))]


def test_no_more_than_so_many_go_together(writer, disk):
    jobs = [(lambda rows, item=number: rows.append(item),) for number in range(MOST_TOGETHER + 5)]
    for future in waiting(writer, disk, jobs):
        future.result()
    assert [len(commit) for commit in disk.commits] == [1, MOST_TOGETHER, 5]


def test_a_job_that_goes_alone_shares_with_nobody(writer, disk):
    jobs = [(lambda rows: rows.append("a"),), (lambda rows: rows.append("b"), True), (lambda rows: rows.append("c"),)]
    for future in waiting(writer, disk, jobs):
        future.result()
    assert disk.commits == [["first"], ["a"], ["b"], ["c"]]


def test_one_refusal_undoes_itself_and_nothing_else(writer, disk):
    def refuse(rows):
        rows.append("half done")
        raise InvalidValue("x", "is wrong.", "Do it right.")

    futures = waiting(writer, disk, [(lambda rows: rows.append("a"),), (refuse,), (lambda rows: rows.append("b"),)])
    assert isinstance(futures[1].exception(), InvalidValue)
    assert futures[0].exception() is futures[2].exception() is None
    assert disk.commits[-1] == ["a", "b"]


def test_a_failure_that_passes_is_tried_again_from_the_start(writer, disk):
    disk.at_commit = [RetryAlone("store", "x", "y"), RetryAlone("store", "x", "y")]
    writer.write(lambda rows: rows.append("a"))
    assert disk.commits == [["a"]]
    assert disk.opened == 3


def test_a_failure_that_does_not_pass_is_told(writer, disk):
    disk.at_commit = [RetryAlone("store", "x", "y")] * 3
    with pytest.raises(StoreUnavailable):
        writer.write(lambda rows: rows.append("a"))
    writer.write(lambda rows: rows.append("b"))
    assert disk.commits == [["b"]]


def test_after_a_flush_that_failed_nothing_is_written_any_more(writer, disk):
    disk.at_commit = [DiskFailure()]
    with pytest.raises(StoreBroken):
        writer.write(lambda rows: rows.append("a"))
    with pytest.raises(StoreBroken):
        writer.write(lambda rows: rows.append("b"))
    assert disk.commits == []


def test_everybody_in_a_failed_transaction_is_told(writer, disk):
    def fail(rows):
        raise DiskFailure

    futures = waiting(writer, disk, [(lambda rows: rows.append("a"),), (fail,), (lambda rows: rows.append("b"),)])
    assert all(isinstance(future.exception(), StoreUnavailable) for future in futures)
    assert disk.commits == [["first"]]
    writer.write(lambda rows: rows.append("c"))
    assert disk.commits[-1] == ["c"]


def test_too_much_waiting_is_refused_at_once(writer, disk):
    first = held_up(writer, disk, ThreadPoolExecutor(1))
    for _ in range(MOST_WAITING):
        writer._waiting.put_nowait(_Nothing())
    with pytest.raises(StoreBusy):
        writer.write(lambda rows: None)
    disk.ready.set()
    first.result()


class _Nothing:
    """A job nobody waits for."""

    alone = False
    result = None

    def __init__(self):
        from concurrent.futures import Future

        self.future = Future()

    def work(self, rows):
        return None


def test_what_waits_when_it_is_closed_is_still_written(writer, disk):
    jobs = [(lambda rows, item=number: rows.append(item),) for number in range(5)]
    pool = ThreadPoolExecutor(8)
    held_up(writer, disk, pool)
    futures = [pool.submit(writer.write, *job) for job in jobs]
    while writer._waiting.qsize() < len(jobs):
        pass
    closing = pool.submit(writer.close)
    disk.ready.set()
    closing.result()
    for future in futures:
        future.result()
    with pytest.raises(StoreError):
        writer.write(lambda rows: None)
    writer.close()
    assert disk.log[-1] == "close"
