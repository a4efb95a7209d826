using System.Globalization;
using VisionCluster.Contracts.Errors;
using VisionCluster.Grains.Redis;

namespace VisionCluster.Grains.LabelSets;

/// <summary>Counts a tenant's label sets by their names. A set that could not be written keeps its name: the next try finds it taken.</summary>
internal sealed class LabelSetNamesGrain(
    [PersistentState("labelsetnames", TenantStorage.Name)] IPersistentState<LabelSetNamesState> state,
    LabelLimit limit) : Grain, ILabelSetNamesGrain
{
    public async Task AddAsync(string name)
    {
        var names = state.State.Names;
        if (names.Contains(name))
        {
            return;
        }

        var most = limit.SetsOf(this.GetPrimaryKeyString());
        if (names.Count >= most)
        {
            throw new VisionException(
                VisionErrorCode.QuotaExceeded,
                string.Create(CultureInfo.InvariantCulture, $"The tenant has {most} label sets, as many as it may: delete one."));
        }

        names.Add(name);
        await WriteAsync(() => names.Remove(name));
    }

    public async Task RemoveAsync(string name)
    {
        var names = state.State.Names;
        if (names.Remove(name))
        {
            await WriteAsync(() => names.Add(name));
        }
    }

    /// <summary>Memory does not say what the store does not know.</summary>
    private async Task WriteAsync(Action undo)
    {
        try
        {
            await state.WriteStateAsync(CancellationToken.None);
        }
        catch
        {
            undo();
            throw;
        }
    }
}
