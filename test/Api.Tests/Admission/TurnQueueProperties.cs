using FsCheck;
using FsCheck.Fluent;
using Gateway.Api.Admission.Accounts;

namespace Gateway.Api.Tests.Admission;

/// <summary>Random arrivals, leavings and hand-overs at two accounts, of requests that wait at one of them or at both.</summary>
public sealed class TurnQueueProperties
{
    private static readonly (string Name, int Weight)[] Subjects = [("a", 1), ("b", 1), ("c", 3), ("d", 10)];

    private static readonly Gen<Step[]> Schedules =
        (from kind in Gen.Frequency((5, Gen.Constant(StepKind.Enter)), (1, Gen.Constant(StepKind.EnterMany)), (3, Gen.Constant(StepKind.Leave)), (5, Gen.Constant(StepKind.HandOver)))
         from what in Gen.Choose(0, 999)
         select new Step(kind, what)).ArrayOf();

    /// <summary>Of the same account and priority; however many requests each has, and whatever others get or give up.</summary>
    [Fact]
    public void Two_subjects_that_keep_waiting_are_served_by_weight() =>
        Prop.ForAll(Schedules.ToArbitrary(), steps => { new World().Run(steps); }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithEndSize(300));

    [Fact]
    public void The_first_of_the_lowest_priority_is_served_and_of_a_subject_the_one_that_came_first() =>
        Prop.ForAll(Schedules.ToArbitrary(), steps => { new World { ChecksOrder = true }.Run(steps); }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(200));

    private enum StepKind
    {
        Enter,
        EnterMany,
        Leave,
        HandOver,
    }

    private sealed record Step(StepKind Kind, int What);

    private sealed class World
    {
        private readonly TurnQueue[] _accounts = [new(), new()];
        private readonly List<(QueueTicket Ticket, int[] Accounts)> _waiting = [];

        // For each account, priority and two subjects: what each had since both have been waiting, by weight.
        private readonly Dictionary<(int Account, int Priority, int One, int Other), (double One, double Other)> _served = [];
        private long _number;

        public bool ChecksOrder { get; init; }

        public void Run(Step[] steps)
        {
            foreach (var step in steps)
            {
                Do(step);
                StartAndEndComparisons();
            }
        }

        private void Do(Step step)
        {
            switch (step.Kind)
            {
                case StepKind.Enter:
                    Enter(step.What);
                    break;
                case StepKind.EnterMany:
                    for (var time = 0; time < 20; time++)
                    {
                        Enter(step.What);
                    }

                    break;
                case StepKind.Leave when _waiting.Count > 0:
                    Remove(_waiting[step.What % _waiting.Count], handedOverBy: null);
                    break;
                case StepKind.HandOver:
                    HandOver(step.What % 2);
                    break;
            }
        }

        private void Enter(int what)
        {
            var (name, weight) = Subjects[what % Subjects.Length];
            int[] accounts = (what / 4 % 3) switch { 0 => [0], 1 => [1], _ => [0, 1] };
            var ticket = new QueueTicket(name, weight, priority: what / 12 % 2, ++_number, []);
            _waiting.Add((ticket, accounts));
            foreach (var account in accounts)
            {
                _accounts[account].Add(ticket);
            }
        }

        private void HandOver(int account)
        {
            var there = _waiting.Where(one => one.Accounts.Contains(account)).ToList();
            var ticket = _accounts[account].Take();
            _accounts[account].IsEmpty.Should().Be(there.Count <= 1);
            if (ticket is null)
            {
                there.Should().BeEmpty();
                return;
            }

            if (ChecksOrder)
            {
                ticket.Priority.Should().Be(there.Min(one => one.Ticket.Priority));
                ticket.Number.Should().Be(there.Where(one => one.Ticket.Priority == ticket.Priority && one.Ticket.Subject == ticket.Subject).Min(one => one.Ticket.Number));
            }

            Remove(_waiting.Single(one => one.Ticket == ticket), account);
            Count(account, ticket);
        }

        private void Remove((QueueTicket Ticket, int[] Accounts) waiting, int? handedOverBy)
        {
            _waiting.Remove(waiting);
            foreach (var account in waiting.Accounts.Where(account => account != handedOverBy))
            {
                _accounts[account].Remove(waiting.Ticket);
            }
        }

        private void Count(int account, QueueTicket ticket)
        {
            foreach (var (pair, had) in _served.ToList())
            {
                if (pair.Account != account || pair.Priority != ticket.Priority)
                {
                    continue;
                }

                var share = 1.0 / ticket.Weight;
                var now = Subjects[pair.One].Name == ticket.Subject ? (had.One + share, had.Other) : Subjects[pair.Other].Name == ticket.Subject ? (had.One, had.Other + share) : had;
                _served[pair] = now;
                Math.Abs(now.Item1 - now.Item2).Should().BeLessThanOrEqualTo((1.0 / Subjects[pair.One].Weight) + (1.0 / Subjects[pair.Other].Weight) + 1e-6);
            }
        }

        private void StartAndEndComparisons()
        {
            for (var account = 0; account < 2; account++)
            {
                for (var priority = 0; priority < 2; priority++)
                {
                    for (var one = 0; one < Subjects.Length; one++)
                    {
                        for (var other = one + 1; other < Subjects.Length; other++)
                        {
                            var pair = (account, priority, one, other);
                            if (Waits(account, priority, one) && Waits(account, priority, other))
                            {
                                _served.TryAdd(pair, default);
                            }
                            else
                            {
                                _served.Remove(pair);
                            }
                        }
                    }
                }
            }
        }

        private bool Waits(int account, int priority, int subject) =>
            _waiting.Exists(one => one.Ticket.Subject == Subjects[subject].Name && one.Ticket.Priority == priority && one.Accounts.Contains(account));
    }
}
