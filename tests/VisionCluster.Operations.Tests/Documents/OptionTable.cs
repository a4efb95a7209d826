using System.Collections;
using System.Globalization;
using System.Reflection;
using VisionCluster.Operations.Tests.Deployment;

namespace VisionCluster.Operations.Tests.Documents;

/// <summary>Every key of the program's options, with its default.</summary>
internal static class OptionTable
{
    /// <summary>Keys and what they are where nobody sets them; <c>none</c> for what is empty.</summary>
    public static IReadOnlyDictionary<string, string> Defaults { get; } = ProgramOptions.Sections
        .SelectMany(section => Keys(section.Key, section.Value, Activator.CreateInstance(section.Value)!))
        .ToDictionary(static entry => entry.Key, static entry => entry.Default, StringComparer.Ordinal);

    /// <summary>Whether it is a key, a section, or an entry of a key that holds several.</summary>
    public static bool Knows(string key) => Defaults.Keys.Any(known =>
        known == key || known.StartsWith(key + ":", StringComparison.Ordinal) || key.StartsWith(known + ":", StringComparison.Ordinal));

    private static IEnumerable<(string Key, string Default)> Keys(string path, Type type, object options)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var value = property.GetValue(options);
            var key = $"{path}:{property.Name}";
            if (property.SetMethod is not null || value is IEnumerable)
            {
                yield return (key, Render(value));
            }
            else if (property.PropertyType.IsClass)
            {
                foreach (var inner in Keys(key, property.PropertyType, value!))
                {
                    yield return inner;
                }
            }
        }
    }

    private static string Render(object? value) => value switch
    {
        null or "" => "none",
        string text => text,
        IEnumerable => "none",
        bool flag => flag ? "true" : "false",
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
