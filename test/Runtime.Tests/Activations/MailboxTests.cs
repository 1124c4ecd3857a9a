using FsCheck;
using FsCheck.Fluent;
using Orleans.Runtime.Activations;

namespace Gateway.Runtime.Tests.Activations;

public sealed class MailboxTests
{
    [Fact]
    public void whatever_arrives_and_ends_exclusive_requests_run_alone_and_nothing_is_lost_or_overtaken() => Prop.ForAll(
        Gen.Choose(0, 9).ArrayOf().ToArbitrary(),
        choices =>
        {
            var model = new Model();
            foreach (var choice in choices)
            {
                model.Step(choice);
                model.Check();
            }

            model.FinishAll();
            return model.Started.Count == model.Arrived && model.Started.Distinct().Count() == model.Arrived && model.InOrder();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void a_waiting_request_can_be_taken_out_and_a_running_one_cannot()
    {
        var mailbox = new Mailbox();
        var (running, waiting) = (new Request(0, Interleaving.Exclusive), new Request(1, Interleaving.Exclusive));
        mailbox.TryStart(running);
        mailbox.Enqueue(waiting);

        mailbox.TryRemoveWaiting(running).Should().BeFalse();
        mailbox.TryRemoveWaiting(waiting).Should().BeTrue();
        mailbox.TryRemoveWaiting(waiting).Should().BeFalse();
        mailbox.Count.Should().Be(1);
    }

    [Fact]
    public void taking_what_waits_leaves_what_runs()
    {
        var mailbox = new Mailbox();
        mailbox.TryStart(new Request(0, Interleaving.Exclusive));
        mailbox.Enqueue(new Request(1, Interleaving.ReadOnly));
        mailbox.Enqueue(new Request(2, Interleaving.Always));

        mailbox.TakeWaiting().Cast<Request>().Select(request => request.Number).Should().BeEquivalentTo([1, 2]);

        mailbox.Count.Should().Be(1);
        mailbox.StartNext().Should().BeNull();
    }

    /// <summary>Drives a mailbox as an activation does: what arrives starts or waits, what ends lets others start.</summary>
    private sealed class Model
    {
        private readonly Mailbox _mailbox = new();
        private readonly List<Request> _running = [];

        public int Arrived { get; private set; }

        public List<int> Started { get; } = [];

        private List<Request> OrderedStarts { get; } = [];

        public void Step(int choice)
        {
            if (choice >= 6)
            {
                Finish(choice);
                return;
            }

            var request = new Request(Arrived++, (Interleaving)(choice % 3));
            if (_mailbox.TryStart(request))
            {
                Start(request);
            }
            else
            {
                _mailbox.Enqueue(request);
            }
        }

        public void Check()
        {
            var exclusive = _running.Count(request => request.Interleaving == Interleaving.Exclusive);
            var readOnly = _running.Count(request => request.Interleaving == Interleaving.ReadOnly);
            exclusive.Should().BeLessThanOrEqualTo(1);
            (exclusive == 0 || readOnly == 0).Should().BeTrue("an exclusive request shares with no reader");
            _mailbox.Count.Should().Be(_running.Count + Arrived - Started.Count);
        }

        public void FinishAll()
        {
            while (_running.Count > 0)
            {
                Finish(0);
            }
        }

        public bool InOrder() => OrderedStarts.Zip(OrderedStarts.Skip(1)).All(pair => pair.First.Number < pair.Second.Number);

        private void Finish(int choice)
        {
            if (_running.Count == 0)
            {
                return;
            }

            var done = _running[choice % _running.Count];
            _running.Remove(done);
            _mailbox.Finish(done);
            while (_mailbox.StartNext() is Request next)
            {
                Start(next);
            }
        }

        private void Start(Request request)
        {
            _running.Add(request);
            Started.Add(request.Number);
            if (request.Interleaving != Interleaving.Always)
            {
                OrderedStarts.Add(request);
            }
        }
    }

    private sealed class Request(int number, Interleaving interleaving) : ActivationRequest
    {
        public int Number { get; } = number;

        public override Interleaving Interleaving { get; } = interleaving;

        public override bool KeepsAlive => true;

        public override Task RunAsync(object grain) => Task.CompletedTask;
    }
}
