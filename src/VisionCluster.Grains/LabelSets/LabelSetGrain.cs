using VisionCluster.Contracts.Classification;
using VisionCluster.Contracts.Errors;
using VisionCluster.Grains.Redis;

namespace VisionCluster.Grains.LabelSets;

/// <summary>Keeps one label set. Its embeddings are kept by the silos that use it.</summary>
internal sealed class LabelSetGrain(
    [PersistentState("labelset", TenantStorage.Name)] IPersistentState<LabelSetState> state, LabelLimit limit, TimeProvider time)
    : Grain, ILabelSetGrain
{
    private LabelSetKey Key => LabelSetKey.FromGrainKey(this.GetPrimaryKeyString());

    private ILabelSetNamesGrain Names => GrainFactory.GetGrain<ILabelSetNamesGrain>(Key.Tenant.Value);

    public async Task<bool> PutAsync(LabelSet labels, CancellationToken cancellationToken)
    {
        VisionException.ThrowIfAny(labels.Violations());
        limit.Check(Key.Tenant, labels.Labels.Count);
        var created = state.State.Set is null;
        if (created)
        {
            await Names.AddAsync(Key.Name);
        }

        var now = time.GetUtcNow();
        state.State = new LabelSetState
        {
            Set = labels,
            Version = Guid.NewGuid().ToString("N"),
            CreatedAt = created ? now : state.State.CreatedAt,
            UpdatedAt = now,
        };
        await state.WriteStateAsync(CancellationToken.None);
        return created;
    }

    public Task<LabelSetDescription> GetAsync(CancellationToken cancellationToken)
    {
        var labels = Existing();
        return Task.FromResult(new LabelSetDescription(
            Key.Name, labels.Labels, labels.Templates, state.State.CreatedAt, state.State.UpdatedAt));
    }

    public Task<LabelSetReading> ReadAsync(string? known, CancellationToken cancellationToken)
    {
        var labels = Existing();
        return Task.FromResult(new LabelSetReading(state.State.Version, known == state.State.Version ? null : labels));
    }

    public async Task DeleteAsync(CancellationToken cancellationToken)
    {
        Existing();
        var name = Key.Name;
        await state.ClearStateAsync(CancellationToken.None);
        state.State = new LabelSetState();
        await Names.RemoveAsync(name);
        DeactivateOnIdle();
    }

    private LabelSet Existing()
    {
        if (state.State.Set is { } labels)
        {
            return labels;
        }

        // An unknown name leaves no activation behind.
        DeactivateOnIdle();
        throw Key.NotFound();
    }
}
