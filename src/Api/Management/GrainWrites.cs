using Gateway.Abstractions;
using Gateway.Api.Cluster;
using Gateway.Api.Errors;

namespace Gateway.Api.Management;

/// <summary>Runs a change and turns the ways in which it can fail into answers.</summary>
public sealed class GrainWrites(GrainCallCounts calls, TimeProvider time)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<IResult> RunAsync(Func<CancellationToken, Task<IResult>> change, CancellationToken cancellationToken, TimeSpan? patience = null)
    {
        try
        {
            calls.CountBackground();
            return await change(cancellationToken).WaitAsync(patience ?? Patience, time, cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            return new ErrorAnswer(ManagementErrors.StorageUnavailable());
        }
        catch (Gateway.Storage.StorageUnavailableException)
        {
            return new ErrorAnswer(ManagementErrors.AuditUnavailable());
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new ErrorAnswer(ManagementErrors.ClusterUnavailable());
        }
    }
}
