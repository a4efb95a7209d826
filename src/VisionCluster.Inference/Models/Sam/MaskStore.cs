using System.Buffers;
using System.Globalization;
using System.Numerics.Tensors;
using VisionCluster.Contracts.Sessions;

namespace VisionCluster.Inference.Models.Sam;

/// <summary>
/// Low-resolution logits of the masks that sessions were given, in half precision, so that a later prompt can refine
/// them. Bounded for each image and in all; the least recently used goes first.
/// </summary>
/// <param name="maxPerImage">Most masks of one image.</param>
/// <param name="budgetBytes">Most bytes of all.</param>
/// <param name="incarnation">Told apart from other stores, so that an id of a lost session is never another mask's.</param>
public sealed class MaskStore(int maxPerImage, long budgetBytes, string incarnation)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(ImageKey Image, string Id), LinkedListNode<Entry>> _entries = [];
    private readonly Dictionary<ImageKey, LinkedList<Entry>> _byImage = [];
    private readonly LinkedList<LinkedListNode<Entry>> _recent = new();
    private long _bytes;
    private long _next;

    /// <summary>Bytes held.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Keeps the logits of a mask and gives it an id.</summary>
    /// <param name="image">Whose mask it is.</param>
    /// <param name="model">Name and version of the model; another model cannot refine it.</param>
    /// <param name="logits">Row by row; copied.</param>
    public string Add(ImageKey image, string model, ReadOnlySpan<float> logits)
    {
        var halves = ArrayPool<Half>.Shared.Rent(logits.Length);
        TensorPrimitives.ConvertToHalf(logits, halves);
        lock (_gate)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{incarnation}{_next++:x}");
            if (!_byImage.TryGetValue(image, out var own))
            {
                _byImage.Add(image, own = new LinkedList<Entry>());
            }

            var node = own.AddFirst(new Entry(image, id, model, halves, logits.Length));
            node.Value.Recent = _recent.AddFirst(node);
            _entries.Add((image, id), node);
            _bytes += node.Value.Bytes;
            while (own.Count > maxPerImage)
            {
                Remove(own.Last!);
            }

            while (_bytes > budgetBytes && _recent.Count > 1)
            {
                Remove(_recent.Last!.Value);
            }

            return id;
        }
    }

    /// <summary>The logits of a mask of an image and model; null where they are not kept.</summary>
    public float[]? Find(ImageKey image, string model, string id)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue((image, id), out var node) || node.Value.Model != model)
            {
                return null;
            }

            var own = node.List!;
            own.Remove(node);
            own.AddFirst(node);
            _recent.Remove(node.Value.Recent!);
            _recent.AddFirst(node.Value.Recent!);
            var logits = new float[node.Value.Length];
            TensorPrimitives.ConvertToSingle(node.Value.Logits.AsSpan(0, node.Value.Length), logits);
            return logits;
        }
    }

    /// <summary>Drops every mask of an image.</summary>
    public void Forget(ImageKey image)
    {
        lock (_gate)
        {
            while (_byImage.TryGetValue(image, out var own) && own.First is { } node)
            {
                Remove(node);
            }
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        var entry = node.Value;
        var own = node.List!;
        own.Remove(node);
        _recent.Remove(entry.Recent!);
        _entries.Remove((entry.Image, entry.Id));
        if (own.Count == 0)
        {
            _byImage.Remove(entry.Image);
        }

        _bytes -= entry.Bytes;
        ArrayPool<Half>.Shared.Return(entry.Logits);
    }

    private sealed class Entry(ImageKey image, string id, string model, Half[] logits, int length)
    {
        public ImageKey Image { get; } = image;

        public string Id { get; } = id;

        public string Model { get; } = model;

        public Half[] Logits { get; } = logits;

        public int Length { get; } = length;

        public long Bytes => Logits.Length * 2L;

        public LinkedListNode<LinkedListNode<Entry>>? Recent { get; set; }
    }
}
