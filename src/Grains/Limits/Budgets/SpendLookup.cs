namespace Gateway.Grains.Limits.Budgets;

/// <summary>
/// Asks the ledger for one activation. A question is waited for as long as for any other call of the store; if it takes longer it goes on by
/// itself, and whoever comes next waits for it in turn.
/// </summary>
internal sealed class SpendLookup(ISpendLedger ledger, string subject, TimeProvider time)
{
    // Callers that are refused meanwhile come again within seconds. Later there may be more.
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, Question> _open = new(StringComparer.Ordinal);

    /// <exception cref="SpendUnknownException">It is not known, or not yet.</exception>
    public async Task<IReadOnlyList<BudgetSpend>> ReadAsync(IReadOnlyList<BudgetBegin> begins)
    {
        var questions = begins.Select(Ask).ToList();
        try
        {
            await Task.WhenAll(questions.Select(question => question.Answer)).WaitAsync(QuotaRules.StorageBound, time);
        }
        catch (Exception problem)
        {
            throw new SpendUnknownException(problem);
        }
        finally
        {
            foreach (var ended in questions.Where(question => question.Answer.IsCompleted))
            {
                _open.Remove(ended.Begin.WindowId);
            }
        }

        return [.. await Task.WhenAll(questions.Select(ToSpendAsync))];
    }

    private static async Task<BudgetSpend> ToSpendAsync(Question question) => new(question.Begin, await question.Answer);

    private Question Ask(BudgetBegin begin)
    {
        // One that takes long is not asked again while it runs: nobody spends meanwhile.
        if (!_open.TryGetValue(begin.WindowId, out var question) || question.Answer.IsFaulted
            || (question.EndedAt is { } endedAt && time.GetElapsedTime(endedAt) > Kept))
        {
            question = _open[begin.WindowId] = new Question(begin, ledger.ReadAsync(begin.QuestionOf(subject), CancellationToken.None), time);
        }

        return question;
    }

    private sealed class Question
    {
        private long _endedAt;

        public Question(BudgetBegin begin, Task<IReadOnlyList<SpentPart>> answer, TimeProvider time)
        {
            (Begin, Answer) = (begin, answer);

            // Perhaps nobody waits for its end any more; its failure must not count as unobserved.
            _ = answer.ContinueWith(
                ended =>
                {
                    _ = ended.Exception;
                    Volatile.Write(ref _endedAt, time.GetTimestamp());
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        public BudgetBegin Begin { get; }

        public Task<IReadOnlyList<SpentPart>> Answer { get; }

        /// <summary>Null: it runs.</summary>
        public long? EndedAt => Volatile.Read(ref _endedAt) is var at and not 0 ? at : null;
    }
}

internal sealed record BudgetSpend(BudgetBegin Begin, IReadOnlyList<SpentPart> Parts);

internal sealed class SpendUnknownException(Exception cause) : Exception(cause.Message, cause);
