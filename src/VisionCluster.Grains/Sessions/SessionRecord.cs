using Microsoft.Extensions.Logging;
using VisionCluster.Contracts.Errors;
using Orleans.Storage;

namespace VisionCluster.Grains.Sessions;

/// <summary>
/// A session's state and its store. What must be durable before an answer fails clearly where the store cannot take it;
/// what only prolongs a life never fails the call that it came with.
/// </summary>
internal sealed class SessionRecord(IPersistentState<ImageSessionState> state, TimeProvider time, ILogger logger)
{
    /// <summary>After a failed write the store is left alone for so long.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private long? _failedAt;
    private ImageSessionState? _rescued;

    public ImageSessionState Value => _rescued ?? state.State;

    public bool Exists => state.RecordExists;

    /// <summary>Writes a new record.</summary>
    /// <exception cref="VisionException"><c>StoreUnavailable</c>.</exception>
    public async Task WriteAsync(ImageSessionState value)
    {
        try
        {
            try
            {
                state.State = value;
                await state.WriteStateAsync(CancellationToken.None);
            }
            catch (InconsistentStateException)
            {
                // Another activation wrote it, or the store was emptied. The record is a function of the image: ours is right.
                await state.ReadStateAsync(CancellationToken.None);
                state.State = value;
                await state.WriteStateAsync(CancellationToken.None);
            }
        }
        catch (Exception error) when (error is not VisionException)
        {
            state.State = new ImageSessionState();
            throw Away("The session's state cannot be stored now.", error);
        }
    }

    /// <summary>Writes a later expiry; the next use tries again where the store cannot take it.</summary>
    public async Task<bool> TryProlongAsync(DateTimeOffset expiresAt)
    {
        if (_failedAt is { } at && time.GetElapsedTime(at) < Pause)
        {
            return false;
        }

        var before = state.State.ExpiresAt;
        try
        {
            state.State.ExpiresAt = expiresAt;
            await state.WriteStateAsync(CancellationToken.None);
            _failedAt = null;
            return true;
        }
        catch (Exception error)
        {
            state.State.ExpiresAt = before;
            _failedAt = time.GetTimestamp();
            logger.ProlongFailed(error);
            return false;
        }
    }

    /// <summary>Writes the record of a live session again, whatever the store has; calls that go on meanwhile see it all the time.</summary>
    /// <exception cref="VisionException"><c>StoreUnavailable</c>.</exception>
    public async Task WriteAgainAsync(DateTimeOffset expiresAt)
    {
        var value = _rescued = state.State;
        try
        {
            await state.ReadStateAsync(CancellationToken.None);
            value.ExpiresAt = expiresAt;
            state.State = value;
            await state.WriteStateAsync(CancellationToken.None);
            _failedAt = null;
        }
        catch (Exception error) when (error is not VisionException)
        {
            throw Away("The session's state cannot be stored now.", error);
        }
        finally
        {
            (state.State, _rescued) = (value, null);
        }
    }

    /// <summary>Removes the record.</summary>
    /// <exception cref="VisionException"><c>StoreUnavailable</c>.</exception>
    public async Task ClearAsync()
    {
        try
        {
            await state.ClearStateAsync(CancellationToken.None);
        }
        catch (InconsistentStateException)
        {
            await state.ReadStateAsync(CancellationToken.None);
            await state.ClearStateAsync(CancellationToken.None);
        }
        catch (Exception error) when (error is not VisionException)
        {
            throw Away("The session's state cannot be removed now.", error);
        }

        state.State = new ImageSessionState();
    }

    private static VisionException Away(string message, Exception error) =>
        new(VisionErrorCode.StoreUnavailable, message, error) { RetryAfter = TimeSpan.FromSeconds(2) };
}
